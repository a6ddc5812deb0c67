using RestSharp;
using RestSharp.Interceptors;

namespace Wink.Client;

/// <summary>Takes an answer from RestSharp before RestSharp makes a string of its body.</summary>
internal sealed class ResponseInterceptor(Func<Stream, CancellationToken, Task>? readBody, CancellationToken limit) : Interceptor
{
    public ApiResponse? Response { get; private set; }

    /// <summary>Where the request went; null where it never got so far.</summary>
    public Uri? Target { get; private set; }

    public static RestResponse WithoutBody(HttpResponseMessage message, RestRequest request) =>
        new(request) { StatusCode = message.StatusCode, ResponseStatus = ResponseStatus.Completed };

    public override ValueTask BeforeHttpRequest(HttpRequestMessage requestMessage, CancellationToken cancellationToken)
    {
        Target = requestMessage.RequestUri;
        requestMessage.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return ValueTask.CompletedTask;
    }

    public override async ValueTask AfterHttpRequest(HttpResponseMessage responseMessage, CancellationToken cancellationToken) =>
        Response = await ApiResponse.ReadAsync(responseMessage, readBody, limit).ConfigureAwait(false);
}
