using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>Holds a test's time while a request is in flight, and until what follows its response has run.</summary>
public sealed class QuietPort(IHttpPort port, QuietTime time) : IHttpPort
{
    public Task<Exception?> SendAsync(
        HttpRequest request, Func<HttpResponseMessage, Task> receive, CancellationToken cancellationToken)
    {
        // Its result is set on the thread that goes on with it, which waits or sends again before the time is released.
        var result = new TaskCompletionSource<Exception?>();
        _ = HoldAsync();
        return result.Task;

        async Task HoldAsync()
        {
            using (time.Hold(request.Uri.PathAndQuery))
            {
                try
                {
                    result.SetResult(await port.SendAsync(request, receive, cancellationToken).ConfigureAwait(false));
                }
                catch (Exception failure)
                {
                    result.SetException(failure);
                }
            }
        }
    }

    public void Dispose() => port.Dispose();
}
