using System.Net;
using RestSharp;

namespace Wink.Client;

/// <summary>Sends the requests of Wink's API, with exactly the headers that its contract knows and a token in force.</summary>
internal sealed class ApiClient(Uri api, WireClient wire, TokenSource tokens)
{
    private const int MostWaits = 3;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private readonly string _root = api.AbsoluteUri.TrimEnd('/');

    /// <summary>Sends a request that may be repeated.</summary>
    /// <param name="path">From <see cref="ApiPath"/>.</param>
    /// <param name="readBody">Reads a good answer's body as it arrives; without it, the answer holds the body.</param>
    /// <param name="log">Is told of the exchanges.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    public Task<WireAnswer> ReadAsync(
        string path, Func<Stream, CancellationToken, Task>? readBody, IProgress<WinkEvent>? log, CancellationToken cancellationToken) =>
        AuthorizedAsync(token => wire.SendAsync(Request(path, token), readBody, log, cancellationToken), log, cancellationToken);

    /// <summary>Sends a request that holds a ticket.</summary>
    public Task<WireAnswer> SendOnceAsync(
        string path, AccessToken token, SendTicket ticket, IProgress<WinkEvent>? log, CancellationToken cancellationToken) =>
        wire.SendOnceAsync(Request(path, token), ticket, log, cancellationToken);

    /// <summary>
    /// Sends with a token in force. Two answers prove that Wink did not act, so the request is sent again: 401, once, with a renewed token,
    /// and 429, up to three times, after the wait that it asks for.
    /// </summary>
    /// <exception cref="WinkException">There was no token to be had, or <paramref name="send"/> threw it.</exception>
    public async Task<WireAnswer> AuthorizedAsync(
        Func<AccessToken, Task<WireAnswer>> send, IProgress<WinkEvent>? log, CancellationToken cancellationToken)
    {
        var mayRenew = tokens.CanRenew;
        var waitsLeft = MostWaits;
        var token = await tokens.GetAsync(log, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var answer = await send(token).ConfigureAwait(false);
            if (answer.Status == HttpStatusCode.Unauthorized && mayRenew)
            {
                mayRenew = false;
                answer.Dispose();
                token = await tokens.RenewAsync(token, log, cancellationToken).ConfigureAwait(false);
            }
            else if (answer.RetryAfter is { } wait && wait <= LongestWait && waitsLeft > 0)
            {
                waitsLeft--;
                answer.Dispose();
                log?.Report(new RetryWait(api.Authority, wait));
                await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
                token = await tokens.GetAsync(log, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                return answer;
            }
        }
    }

    private RestRequest Request(string path, AccessToken token) => new($"{_root}/{path}") { Interceptors = [new ApiHeaders(token)] };
}
