namespace Wink.Client;

/// <summary>
/// When to stop waiting for a response. A request that was written to its connection is not cancelled immediately: what has already
/// arrived is still read, for at most one more second.
/// </summary>
internal sealed class Deadline : IDisposable
{
    private static readonly TimeSpan LastRead = TimeSpan.FromSeconds(1);

#pragma warning disable CA2213 // HttpClient may still hold its token. It has no timer, so nothing leaks.
    private readonly CancellationTokenSource _cancel = new();
#pragma warning restore CA2213
    private readonly CancellationTokenSource _done = new();
    private readonly SendTicket? _ticket;

    /// <summary>Starts the clock.</summary>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="ticket">The ticket of a request that must not be sent again; null for others.</param>
    /// <param name="time">The source of the time.</param>
    public Deadline(TimeSpan timeout, SendTicket? ticket, TimeProvider time)
    {
        _ticket = ticket;
        _ = CancelAfterAsync(timeout, time);
    }

    /// <summary>Cancels the request.</summary>
    public CancellationToken Token => _cancel.Token;

    /// <summary>True once the time is over.</summary>
    public bool HasPassed { get; private set; }

    /// <summary>Cancels the request now, unless it was written: then its response is awaited. Safe to call from any thread.</summary>
    public void CancelUnlessWritten()
    {
        if (_ticket?.TryInvalidate() ?? true)
            _cancel.Cancel();
    }

    public void Dispose()
    {
        _done.Cancel();
        _done.Dispose();
    }

    private async Task CancelAfterAsync(TimeSpan timeout, TimeProvider time)
    {
        var done = _done.Token;
        if (!await WaitAsync(timeout, time, done).ConfigureAwait(false))
            return;

        HasPassed = true;
        CancelUnlessWritten();
        // After a pause of the process, or when all threads are busy, the response may be in the socket while its reader waits for a
        // thread. A timer does not wait in that queue. Yielding does, so that the reader runs first.
        await Task.Yield();
        if (!await WaitAsync(LastRead, time, done).ConfigureAwait(false))
            return;

        await Task.Yield();
        if (!done.IsCancellationRequested)
            _cancel.Cancel();
    }

    /// <returns>False when the response came first. It nearly always does, so no exception is thrown for it.</returns>
    private static async Task<bool> WaitAsync(TimeSpan duration, TimeProvider time, CancellationToken done)
    {
        await Task.Delay(duration, time, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !done.IsCancellationRequested;
    }
}
