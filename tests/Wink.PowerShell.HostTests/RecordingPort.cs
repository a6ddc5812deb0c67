using System.Net;
using Wink.Client;

namespace Wink.PowerShell.HostTests;

/// <summary>Records when requests of the API are started, and when a 429 was read.</summary>
public sealed class RecordingPort(IHttpPort port, PortRecord record, TimeProvider time) : IHttpPort
{
    public Task<Exception?> SendAsync(
        HttpRequest request, Func<HttpResponseMessage, Task> receive, CancellationToken cancellationToken)
    {
        if (request.Form is not null)
            return port.SendAsync(request, receive, cancellationToken);

        record.AddStart(time.GetUtcNow());
        return port.SendAsync(request, ReceiveAsync, cancellationToken);

        async Task ReceiveAsync(HttpResponseMessage message)
        {
            await receive(message).ConfigureAwait(false);
            if (message.StatusCode == HttpStatusCode.TooManyRequests)
                record.AddRefusal(time.GetUtcNow(), message.Headers.RetryAfter!.Delta!.Value);
        }
    }

    public void Dispose() => port.Dispose();
}
