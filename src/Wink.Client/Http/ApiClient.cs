using System.Net.Http.Headers;

namespace Wink.Client;

/// <summary>Sends the requests of Wink's API, with a valid token and exactly the headers that the API documents.</summary>
internal sealed class ApiClient(Uri api, HttpTransport http, HttpTransport rotationHttp, AccessTokenProvider tokens, TimeProvider time)
{
    private const int MaxDelays = 3;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(60);

    private readonly string _root = api.AbsoluteUri.TrimEnd('/');

    /// <summary>Sends a request that may be sent again.</summary>
    /// <param name="path">From <see cref="ApiPath"/>.</param>
    /// <param name="readBody">Reads the body of a success as it arrives; without it, the response holds the body.</param>
    /// <param name="progress">Reports each request and delay.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public Task<ApiResponse> ReadAsync(
        string path,
        Func<Stream, CancellationToken, Task>? readBody,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken) =>
        AuthorizedAsync(
            token => http.SendAsync(Request(path, token, isRotation: false), readBody, progress, cancellationToken),
            progress,
            cancellationToken);

    /// <summary>Sends a rotation on a connection of its own, and asks all caches to pass it on.</summary>
    public Task<ApiResponse> RotateOnceAsync(
        ApplicationReference application,
        AccessToken token,
        SendTicket ticket,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken) =>
        rotationHttp.SendOnceAsync(Request(ApiPath.Rotation(application), token, isRotation: true), ticket, progress, cancellationToken);

    /// <summary>
    /// Sends with a valid token. Two responses prove that Wink did not act, so the request is sent again: 401, once, with a renewed token,
    /// and 429, up to three times, after the delay that Wink asks for.
    /// </summary>
    /// <exception cref="WinkException">No token could be obtained, or <paramref name="send"/> threw it.</exception>
    public async Task<T> AuthorizedAsync<T>(
        Func<AccessToken, Task<T>> send, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
        where T : IRetryable
    {
        var mayRenew = tokens.CanRenew;
        var delaysLeft = MaxDelays;
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
            else if (result.RetryAfter is { } delay && delay <= LongestDelay && delaysLeft > 0)
            {
                delaysLeft--;
                (result as IDisposable)?.Dispose();
                progress?.Report(new RetryDelayed(api.Authority, delay));
                await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
                token = await tokens.GetAsync(progress, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                return result;
            }
        }
    }

    private HttpRequest Request(string path, AccessToken token, bool isRotation) => new(new Uri($"{_root}/{path}"), headers =>
    {
        headers.Add("Wink-Version", "2.0");
        headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        if (isRotation)
        {
            headers.CacheControl = new CacheControlHeaderValue { NoCache = true, NoStore = true };
            headers.ConnectionClose = true;
        }
    });
}
