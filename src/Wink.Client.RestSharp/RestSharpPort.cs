using RestSharp;

namespace Wink.Client.RestSharp;

/// <summary>Sends requests by RestSharp: HTTP/1.1, no redirect, no cookies, no retry, no timeout, no header of its own.</summary>
public sealed class RestSharpPort : IHttpPort
{
    private readonly RestClient _rest;

    /// <summary>Prepares RestSharp; nothing is sent yet.</summary>
    /// <param name="http">The client that RestSharp sends by; it is disposed with the port.</param>
    public RestSharpPort(HttpClient http) =>
        _rest = new RestClient(http, disposeHttpClient: true, configureRestClient: options =>
        {
            options.RedirectOptions = new RedirectOptions { FollowRedirects = false };
            options.UserAgent = null;
            options.Timeout = Timeout.InfiniteTimeSpan;
        })
        {
            AcceptedContentTypes = ["application/json"],
        };

    /// <inheritdoc/>
    public async Task<Exception?> SendAsync(
        HttpRequest request, Func<HttpResponseMessage, Task> receive, CancellationToken cancellationToken)
    {
        var rest = new RestRequest(request.Uri, request.Form is null ? Method.Get : Method.Post)
        {
            AdvancedResponseWriter = RequestInterceptor.WithoutBody,
            CompletionOption = HttpCompletionOption.ResponseHeadersRead,
            Interceptors = [new RequestInterceptor(request, receive)],
        };
        foreach (var (name, value) in request.Form ?? [])
            rest.AddParameter(name, value);

        var response = await _rest.ExecuteAsync(rest, cancellationToken).ConfigureAwait(false);
        return response.ErrorException;
    }

    /// <inheritdoc/>
    public void Dispose() => _rest.Dispose();
}
