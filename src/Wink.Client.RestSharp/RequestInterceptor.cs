using System.Net;
using RestSharp;
using RestSharp.Interceptors;

namespace Wink.Client.RestSharp;

/// <summary>Gives a request its headers, and takes the response before RestSharp makes a string of its body.</summary>
/// <remarks>RestSharp's own parameters for headers take a third of the time of a whole request.</remarks>
internal sealed class RequestInterceptor(HttpRequest request, Func<HttpResponseMessage, Task> receive) : Interceptor
{
    public static RestResponse WithoutBody(HttpResponseMessage message, RestRequest request) =>
        new(request) { StatusCode = message.StatusCode, ResponseStatus = ResponseStatus.Completed };

    public override ValueTask BeforeHttpRequest(HttpRequestMessage requestMessage, CancellationToken cancellationToken)
    {
        requestMessage.Version = HttpVersion.Version11;
        requestMessage.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        request.SetHeaders(requestMessage.Headers);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask AfterHttpRequest(HttpResponseMessage responseMessage, CancellationToken cancellationToken) =>
        await receive(responseMessage).ConfigureAwait(false);
}
