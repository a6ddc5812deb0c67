using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using RestSharp;

namespace Wink.Client;

/// <summary>Sends requests over RestSharp: HTTP/1.1, no redirects, no cookies, no repeats of its own, each within the timeout.</summary>
internal sealed class HttpTransport : IDisposable
{
    private readonly RestClient _rest;
    private readonly TimeSpan _timeout;

    public HttpTransport(SocketsHttpHandler handler, TimeSpan timeout)
    {
        _timeout = timeout;
        Http = new HttpClient(handler)
        {
            // Its own limit, 100 s, would cut a longer timeout short; the deadline is the only one.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _rest = new RestClient(Http, disposeHttpClient: true, configureRestClient: options =>
        {
            options.RedirectOptions = new RedirectOptions { FollowRedirects = false };
            options.UserAgent = null;
            options.Timeout = Timeout.InfiniteTimeSpan;
        })
        {
            AcceptedContentTypes = ["application/json"],
        };
    }

    /// <summary>What RestSharp sends by.</summary>
    internal HttpClient Http { get; }

    /// <summary>Sends a request that may be repeated, and reads its answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="readBody">Reads a good answer's body as it arrives; without it, the answer holds the body.</param>
    /// <param name="progress">Is told of the exchange.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <exception cref="WinkTransportException">There was no answer. Where only the body is cut short, the answer itself says so.</exception>
    /// <exception cref="OperationCanceledException">The request was given up.</exception>
    public Task<ApiResponse> SendAsync(
        RestRequest request, Func<Stream, CancellationToken, Task>? readBody, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        SendAsync(request, ticket: null, readBody, progress, cancellationToken);

    /// <summary>Sends a request that is written at most once, and no longer cancelled once a write has begun.</summary>
    /// <exception cref="OperationCanceledException">The request was given up before anything was written.</exception>
    /// <inheritdoc cref="SendAsync(RestRequest, Func{Stream, CancellationToken, Task}?, IProgress{WinkEvent}?, CancellationToken)"/>
    public Task<ApiResponse> SendOnceAsync(
        RestRequest request, SendTicket ticket, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        SendAsync(request, ticket, readBody: null, progress, cancellationToken);

    public void Dispose() => _rest.Dispose();

    private async Task<ApiResponse> SendAsync(
        RestRequest request,
        SendTicket? ticket,
        Func<Stream, CancellationToken, Task>? readBody,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ticket?.Attach();

        using var deadline = new Deadline(_timeout, ticket, TimeProvider.System);
        using var cancel = cancellationToken.Register(deadline.CancelUnlessWritten);
        var interceptor = new ResponseInterceptor(readBody, deadline.Token);
        request.Interceptors = [.. request.Interceptors ?? [], interceptor];
        request.AdvancedResponseWriter = ResponseInterceptor.WithoutBody;
        request.CompletionOption = HttpCompletionOption.ResponseHeadersRead;
        request.Version = HttpVersion.Version11;

        var started = Stopwatch.GetTimestamp();
        var executed = await _rest.ExecuteAsync(request, deadline.Token).ConfigureAwait(false);
        var uri = interceptor.Target ?? _rest.BuildUri(request);
        progress?.Report(new RequestCompleted(request.Method.ToString().ToUpperInvariant(), uri, interceptor.Response?.Status, Stopwatch.GetElapsedTime(started)));

        if (interceptor.Response is { } response)
            return response;

        if (cancellationToken.IsCancellationRequested && (ticket?.TryInvalidate() ?? true))
            throw new OperationCanceledException(cancellationToken);

        throw Failure(uri, executed.ErrorException, deadline.HasPassed);
    }

    private WinkTransportException Failure(Uri uri, Exception? cause, bool timedOut)
    {
        var target = new Uri(uri.GetLeftPart(UriPartial.Authority));
        var host = target.GetLeftPart(UriPartial.Authority);
        if (timedOut)
            return new(TransportFailure.Timeout, target, $"{host} did not answer within {_timeout.TotalSeconds:0.#} s.");

        // These three come before anything was sent or read, so .NET's own words say nothing of a response.
        var why = cause?.GetBaseException().Message.TrimEnd('.');
        return (cause as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => new(TransportFailure.NameResolution, target, $"The name of {host} can't be resolved: {why}.", cause),
            HttpRequestError.ConnectionError => new(TransportFailure.Connect, target, $"No connection to {host}: {why}.", cause),
            HttpRequestError.SecureConnectionError => new(TransportFailure.Tls, target, $"No secure connection to {host}: {why}.", cause),
            HttpRequestError.ProxyTunnelError => new(TransportFailure.Proxy, target, $"The proxy gave no way to {host}{ProxyStatus(cause)}."),
            var error => new(TransportFailure.Lost, target, $"The connection to {host} was lost before a whole response arrived: {Why(error, cause)}."),
        };
    }

    /// <summary>.NET quotes the proxy's address, and with it the password that may stand there.</summary>
    private static string ProxyStatus(Exception? cause) =>
        cause is HttpRequestException { StatusCode: { } status } ? $": it answered {(int)status}" : "";

    /// <summary>In words of our own: .NET quotes lines of a response that it does not understand, and the secret may stand there.</summary>
    private static string Why(HttpRequestError? error, Exception? cause) => error switch
    {
        HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => "what arrived is not HTTP",
        HttpRequestError.ConfigurationLimitExceeded => "its headers are too long",
        _ when cause?.GetBaseException() is SocketException { SocketErrorCode: var code } => $"the socket failed with {code}",
        _ => "it was closed",
    };
}
