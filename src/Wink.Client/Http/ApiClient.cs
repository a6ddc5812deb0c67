using RestSharp;

namespace Wink.Client;

/// <summary>Sends the requests of Wink's API, with exactly the headers that its contract knows and a token in force.</summary>
internal sealed class ApiClient(Uri api, WireClient wire, WireClient rotationWire, TokenSource tokens)
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
        AuthorizedAsync(token => wire.SendAsync(Request(path, token, isRotation: false), readBody, log, cancellationToken), log, cancellationToken);

    /// <summary>Sends a rotation, on a connection of its own.</summary>
    public Task<WireAnswer> RotateOnceAsync(
        ApplicationReference application, AccessToken token, SendTicket ticket, IProgress<WinkEvent>? log, CancellationToken cancellationToken) =>
        rotationWire.SendOnceAsync(Request(ApiPath.Rotation(application), token, isRotation: true), ticket, log, cancellationToken);

    /// <summary>
    /// Sends with a valid token. Two answers prove that Wink did not act, so the request is sent again: 401, once, with a renewed token,
    /// and 429, up to three times, after the wait that it asks for.
    /// </summary>
    /// <exception cref="WinkException">There was no token to be had, or <paramref name="send"/> threw it.</exception>
    public async Task<T> AuthorizedAsync<T>(Func<AccessToken, Task<T>> send, IProgress<WinkEvent>? log, CancellationToken cancellationToken)
        where T : IRetryable
    {
        var mayRenew = tokens.CanRenew;
        var waitsLeft = MostWaits;
        var token = await tokens.GetAsync(log, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var result = await send(token).ConfigureAwait(false);
            if (result.IsTokenRefused && mayRenew)
            {
                mayRenew = false;
                (result as IDisposable)?.Dispose();
                token = await tokens.RenewAsync(token, log, cancellationToken).ConfigureAwait(false);
            }
            else if (result.RetryAfter is { } wait && wait <= LongestWait && waitsLeft > 0)
            {
                waitsLeft--;
                (result as IDisposable)?.Dispose();
                log?.Report(new RetryWait(api.Authority, wait));
                await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
                token = await tokens.GetAsync(log, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                return result;
            }
        }
    }

    private RestRequest Request(string path, AccessToken token, bool isRotation) =>
        new($"{_root}/{path}") { Interceptors = [new ApiHeaders(token, isRotation)] };
}
