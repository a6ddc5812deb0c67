namespace Wink.PowerShell;

/// <summary>
/// The rotations of one batch that a signal to end the process waits for: they are received, kept, written to escrow, saved, and written to
/// the pipeline. Nothing new is sent meanwhile.
/// </summary>
internal sealed class TerminationGuard : IDisposable
{
#pragma warning disable CA2213 // A signal may still use it. It has no timer, so nothing leaks.
    private readonly CancellationTokenSource _terminating = new();
#pragma warning restore CA2213
    private readonly HashSet<Task> _inFlight = [];
    private readonly HashSet<Task> _unsaved = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public TerminationGuard() => TerminationSignal.Add(this);

    /// <summary>Is cancelled when a signal was received: nothing new may be sent.</summary>
    public CancellationToken Terminating => _terminating.Token;

    /// <summary>True when a signal was received.</summary>
    public bool IsTerminating => _terminating.IsCancellationRequested;

    /// <summary>True when the calling code runs inside a rotation of this batch, as in the script block that saves it.</summary>
    public bool IsAroundThisThread
    {
        get
        {
            lock (_inFlight)
                return _thread == Environment.CurrentManagedThreadId && _inFlight.Count > 0;
        }
    }

    /// <summary>Starts a rotation, and makes a signal wait for it from its first moment.</summary>
    /// <param name="start">Starts it.</param>
    /// <param name="isToBeSaved">Whether a signal also waits until <see cref="Saved"/>, however long that takes.</param>
    public Task<T> Start<T>(Func<Task<T>> start, bool isToBeSaved)
    {
        lock (_inFlight)
        {
            var rotation = start();
            _inFlight.Add(rotation);
            if (isToBeSaved)
                _unsaved.Add(rotation);

            return rotation;
        }
    }

    /// <summary>The credentials of this rotation were saved, or cannot be.</summary>
    public void Saved(Task rotation)
    {
        lock (_inFlight)
        {
            _unsaved.Remove(rotation);
            Monitor.PulseAll(_inFlight);
        }
    }

    /// <summary>The result of this rotation was written to the pipeline.</summary>
    public void Finished(Task rotation)
    {
        lock (_inFlight)
        {
            _unsaved.Remove(rotation);
            _inFlight.Remove(rotation);
            Monitor.PulseAll(_inFlight);
        }
    }

    /// <summary>Waits until the signal ends the process, if there is one.</summary>
    public void AwaitEnd()
    {
        if (IsTerminating)
            TerminationSignal.AwaitEnd(this);
    }

    public void Dispose() => TerminationSignal.Remove(this);

    /// <summary>Lets nothing new be sent.</summary>
    public void Terminate() => _terminating.Cancel();

    public void AwaitResponses()
    {
        Task[] inFlight;
        lock (_inFlight)
            inFlight = [.. _inFlight];

        Task.WhenAll(inFlight).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
    }

    /// <summary>
    /// Without a limit: a save may be all that outlives the process. Whoever sent the signal sets one by a later SIGKILL.
    /// </summary>
    public void AwaitSaves()
    {
        lock (_inFlight)
        {
            while (_unsaved.Count > 0)
                Monitor.Wait(_inFlight);
        }
    }

    public void AwaitWrites(Func<TimeSpan> left)
    {
        lock (_inFlight)
        {
            while (_inFlight.Count > 0 && left() is { Ticks: > 0 } timeout)
                Monitor.Wait(_inFlight, timeout);
        }
    }
}
