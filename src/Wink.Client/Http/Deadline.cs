namespace Wink.Client;

/// <summary>
/// When to stop waiting for a response. A request that was written to its connection is not dropped at that very moment: what has already
/// arrived is still read, for at most one more second.
/// </summary>
internal sealed class Deadline : IDisposable
{
    private static readonly TimeSpan LastRead = TimeSpan.FromSeconds(1);

#pragma warning disable CA2213 // HttpClient may still hold its token. It has no timer, so nothing is left behind.
    private readonly CancellationTokenSource _end = new();
#pragma warning restore CA2213
    private readonly CancellationTokenSource _done = new();
    private readonly SendTicket? _ticket;

    /// <summary>Starts the clock.</summary>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="ticket">The ticket of a request that must not be sent again; null for others.</param>
    /// <param name="time">The clock.</param>
    public Deadline(TimeSpan timeout, SendTicket? ticket, TimeProvider time)
    {
        _ticket = ticket;
        _ = EndAfterAsync(timeout, time);
    }

    /// <summary>Ends the request.</summary>
    public CancellationToken Token => _end.Token;

    /// <summary>True once the time is over.</summary>
    public bool HasPassed { get; private set; }

    /// <summary>Ends the request now, unless it was written: then its response is awaited. Safe to request from any thread.</summary>
    public void CancelUnlessWritten()
    {
        if (_ticket?.TryInvalidate() ?? true)
            _end.Cancel();
    }

    public void Dispose()
    {
        _done.Cancel();
        _done.Dispose();
    }

    private async Task EndAfterAsync(TimeSpan timeout, TimeProvider time)
    {
        var done = _done.Token;
        if (!await WaitAsync(timeout, time, done).ConfigureAwait(false))
            return;

        HasPassed = true;
        CancelUnlessWritten();
        // After a pause of the process, or with all threads busy, the response may lie in the socket and its reader wait for a thread. A timer
        // overtakes that queue; to stand in it lets the reader go first.
        await Task.Yield();
        if (!await WaitAsync(LastRead, time, done).ConfigureAwait(false))
            return;

        await Task.Yield();
        if (!done.IsCancellationRequested)
            _end.Cancel();
    }

    /// <returns>False when the response came first. It nearly always does, so nothing is thrown then.</returns>
    private static async Task<bool> WaitAsync(TimeSpan duration, TimeProvider time, CancellationToken done)
    {
        await Task.Delay(duration, time, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !done.IsCancellationRequested;
    }
}
