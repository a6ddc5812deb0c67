using System.Net.Sockets;

namespace Wink.Client;

/// <summary>Sends requests over the HTTP port, each within the timeout.</summary>
internal sealed class HttpTransport : IDisposable
{
    private readonly IHttpPort _port;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    public HttpTransport(SocketsHttpHandler handler, Func<HttpClient, IHttpPort> port, TimeSpan timeout, TimeProvider time)
    {
        _timeout = timeout;
        _time = time;
        // HttpClient's own limit of 100 s would end a longer timeout early. The deadline is the only limit.
        Http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _port = port(Http);
    }

    /// <summary>The client that the port sends by.</summary>
    internal HttpClient Http { get; }

    /// <summary>Sends a request that may be sent again, and reads its response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="readBody">Reads the body of a success as it arrives; without it, the response holds the body.</param>
    /// <param name="progress">Reports the completed request.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="WinkTransportException">There was no response. A response with an incomplete body says so itself.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public Task<ApiResponse> SendAsync(
        HttpRequest request,
        Func<ApiResponse, Stream, CancellationToken, Task>? readBody,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken) =>
        SendAsync(request, ticket: null, readBody, progress, cancellationToken);

    /// <summary>Sends a request that is written at most once, and that is not cancelled after a write has begun.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ticket">The right to write it once.</param>
    /// <param name="progress">Reports the completed request.</param>
    /// <param name="cancellationToken">Cancels the request as long as nothing was written.</param>
    /// <exception cref="WinkTransportException">There was no response. A response with an incomplete body says so itself.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled before anything was written.</exception>
    public Task<ApiResponse> SendOnceAsync(
        HttpRequest request, SendTicket ticket, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        SendAsync(request, ticket, readBody: null, progress, cancellationToken);

    public void Dispose() => _port.Dispose();

    private async Task<ApiResponse> SendAsync(
        HttpRequest request,
        SendTicket? ticket,
        Func<ApiResponse, Stream, CancellationToken, Task>? readBody,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ticket?.Attach();

        using var deadline = new Deadline(_timeout, ticket, _time);
        using var cancel = cancellationToken.Register(deadline.CancelUnlessWritten);
        ApiResponse? response = null;
        var startedAt = _time.GetTimestamp();
        var failure = await _port.SendAsync(
            request,
            async message => response = await ApiResponse.ReadAsync(
                message, request.Received, readBody, _time, startedAt, deadline.Token).ConfigureAwait(false),
            deadline.Token).ConfigureAwait(false);
        progress?.Report(new RequestCompleted(request.Method, request.Uri, response?.Status, _time.GetElapsedTime(startedAt)));

        if (response is not null)
            return response;

        if (cancellationToken.IsCancellationRequested && (ticket?.TryInvalidate() ?? true))
            throw new OperationCanceledException(cancellationToken);

        throw Failure(request.Uri, failure, deadline.HasPassed);
    }

    private WinkTransportException Failure(Uri uri, Exception? cause, bool timedOut)
    {
        var target = new Uri(uri.GetLeftPart(UriPartial.Authority));
        var host = target.GetLeftPart(UriPartial.Authority);
        if (timedOut)
            return new(TransportFailure.Timeout, target, $"{host} did not respond within {_timeout.TotalSeconds:0.#} s.");

        // These three happen before anything is sent or read, so .NET's message cannot quote a response.
        var why = cause?.GetBaseException().Message.TrimEnd('.');
        return (cause as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError =>
                new(TransportFailure.NameResolution, target, $"The name of {host} cannot be resolved: {why}.", cause),
            HttpRequestError.ConnectionError => new(TransportFailure.Connect, target, $"No connection to {host}: {why}.", cause),
            HttpRequestError.SecureConnectionError =>
                new(TransportFailure.Tls, target, $"No secure connection to {host}: {why}.", cause),
            HttpRequestError.ProxyTunnelError =>
                new(TransportFailure.Proxy, target, $"The proxy gave no way to {host}{ProxyStatus(cause)}."),
            var error => new(
                TransportFailure.Lost,
                target,
                $"The connection to {host} was lost before a whole response arrived: {Why(error, cause)}."),
        };
    }

    /// <summary>.NET's message quotes the proxy's address, which may contain a password.</summary>
    private static string ProxyStatus(Exception? cause) =>
        cause is HttpRequestException { StatusCode: { } status } ? $": it responded with {(int)status}" : "";

    /// <summary>In our own words: .NET quotes lines of a response that it cannot parse, and they may contain the secret.</summary>
    private static string Why(HttpRequestError? error, Exception? cause) => error switch
    {
        HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => "what arrived is not HTTP",
        HttpRequestError.ConfigurationLimitExceeded => "its headers are too long",
        _ when cause?.GetBaseException() is SocketException { SocketErrorCode: var code } => $"the socket failed with {code}",
        _ => "it was closed",
    };
}
