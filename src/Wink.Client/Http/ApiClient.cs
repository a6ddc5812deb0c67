using RestSharp;

namespace Wink.Client;

/// <summary>Sends the requests of Wink's API, with exactly the headers that its contract knows and a token in force.</summary>
internal sealed class ApiClient(Uri api, HttpTransport http, HttpTransport rotationHttp, AccessTokenProvider tokens)
{
    private const int MostWaits = 3;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private readonly string _root = api.AbsoluteUri.TrimEnd('/');

    /// <summary>Sends a request that may be repeated.</summary>
    /// <param name="path">From <see cref="ApiPath"/>.</param>
    /// <param name="readBody">Reads a good answer's body as it arrives; without it, the answer holds the body.</param>
    /// <param name="progress">Is told of the exchanges.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    public Task<ApiResponse> ReadAsync(
        string path, Func<Stream, CancellationToken, Task>? readBody, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        AuthorizedAsync(token => http.SendAsync(Request(path, token, isRotation: false), readBody, progress, cancellationToken), progress, cancellationToken);

    /// <summary>Sends a rotation, on a connection of its own.</summary>
    public Task<ApiResponse> RotateOnceAsync(
        ApplicationReference application, AccessToken token, SendTicket ticket, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        rotationHttp.SendOnceAsync(Request(ApiPath.Rotation(application), token, isRotation: true), ticket, progress, cancellationToken);

    /// <summary>
    /// Sends with a valid token. Two answers prove that Wink did not act, so the request is sent again: 401, once, with a renewed token,
    /// and 429, up to three times, after the wait that it asks for.
    /// </summary>
    /// <exception cref="WinkException">There was no token to be had, or <paramref name="send"/> threw it.</exception>
    public async Task<T> AuthorizedAsync<T>(Func<AccessToken, Task<T>> send, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
        where T : IRetryable
    {
        var mayRenew = tokens.CanRenew;
        var waitsLeft = MostWaits;
        var token = await tokens.GetAsync(progress, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var result = await send(token).ConfigureAwait(false);
            if (result.IsTokenRefused && mayRenew)
            {
                mayRenew = false;
                (result as IDisposable)?.Dispose();
                token = await tokens.RenewAsync(token, progress, cancellationToken).ConfigureAwait(false);
            }
            else if (result.RetryAfter is { } wait && wait <= LongestWait && waitsLeft > 0)
            {
                waitsLeft--;
                (result as IDisposable)?.Dispose();
                progress?.Report(new RetryDelayed(api.Authority, wait));
                await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
                token = await tokens.GetAsync(progress, cancellationToken).ConfigureAwait(false);
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
