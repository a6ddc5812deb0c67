using System.Net.Http.Headers;

namespace Wink.Client;

/// <summary>
/// Makes the requests of Wink's API, with a valid token and exactly the headers that the API documents, and sends those that read.
/// </summary>
internal sealed class ApiClient(Uri api, HttpTransport http, AccessTokenProvider tokens, TimeProvider time)
{
    private readonly string _root = api.AbsoluteUri.TrimEnd('/');
    private readonly LetThroughCount _reads = new();
    private readonly LetThroughCount _rotations = new();

    /// <summary>The rate limit for all requests.</summary>
    public RateLimit RateLimit { get; } = new(api.Authority, time);

    /// <summary>Tells whether a new rotation request may be sent again, and with which token.</summary>
    /// <param name="longestDelay">The longest time that is waited at once when Wink's rate limit is reached.</param>
    public RefusalRetry NewRotationRetry(TimeSpan longestDelay) => new(tokens, _rotations, longestDelay);

    /// <summary>Sends a request that may be sent again.</summary>
    /// <param name="path">From <see cref="ApiPath"/>.</param>
    /// <param name="readBody">Reads the body of a success as it arrives; without it, the response holds the body.</param>
    /// <param name="longestDelay">The longest time that is waited at once when Wink's rate limit is reached.</param>
    /// <param name="progress">Reports each request and delay.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="WinkException">
    /// No token could be obtained, there was no response, or the rate limit asks for a longer delay.
    /// </exception>
    public async Task<ApiResponse> ReadAsync(
        string path,
        Func<ApiResponse, Stream, CancellationToken, Task>? readBody,
        TimeSpan longestDelay,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken)
    {
        var retry = new RefusalRetry(tokens, _reads, longestDelay);
        while (true)
        {
            await RateLimit.WaitAsync(longestDelay, progress, cancellationToken).ConfigureAwait(false);
            var token = await retry.GetTokenAsync(progress, cancellationToken).ConfigureAwait(false);
            var request = Request(path, token, isRotation: false);
            if (RateLimit.TryStart(() => http.SendAsync(request, readBody, progress, cancellationToken)) is not { } sent)
                continue;

            var response = await sent.ConfigureAwait(false);
            if (!retry.TryRetry(response.Status, response.RetryAfter))
                return response;

            response.Dispose();
        }
    }

    /// <summary>A rotation's request. It has a connection of its own, and asks all caches to pass it on.</summary>
    /// <param name="application">The application.</param>
    /// <param name="token">A valid token.</param>
    public HttpRequest NewRotationRequest(ApplicationReference application, AccessToken token) =>
        Request(ApiPath.Rotation(application), token, isRotation: true);

    /// <summary>For a connection that was made too late.</summary>
    public WinkTransportException NotConnectedInTime() => new(
        TransportFailure.Connect,
        api,
        $"Each connection to {api.Authority} took longer than the client ID read before it can be relied on (5 s).");

    /// <summary>For a response that was lost on this side of the connection.</summary>
    public WinkTransportException Lost(string message) => new(TransportFailure.Lost, api, message);

    private HttpRequest Request(string path, AccessToken token, bool isRotation) => new(new Uri($"{_root}/{path}"), headers =>
    {
        headers.Add("Wink-Version", "2.0");
        headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        // What a cache has says nothing about the client ID that an application has now.
        headers.CacheControl = new CacheControlHeaderValue { NoCache = true, NoStore = isRotation };
        if (isRotation)
            headers.ConnectionClose = true;
    })
    {
        Received = RateLimit.Apply,
    };
}
