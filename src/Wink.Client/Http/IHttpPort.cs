namespace Wink.Client;

/// <summary>The HTTP library under the client. It sends each request once, as it is, and knows nothing of Wink.</summary>
public interface IHttpPort : IDisposable
{
    /// <summary>Sends a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="receive">Receives the response as soon as its headers have arrived, and reads its body.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>Why it failed, or null. It does not throw: a response may have been received even so.</returns>
    Task<Exception?> SendAsync(HttpRequest request, Func<HttpResponseMessage, Task> receive, CancellationToken cancellationToken);
}
