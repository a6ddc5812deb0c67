using System.Collections.Concurrent;
using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>
/// The pipeline's thread as a synchronization context: asynchronous work that is started here returns to it after each await. The work is
/// awaited even when the pipeline is being stopped, so that none of its results is lost.
/// </summary>
internal sealed class PipelineContext : SynchronizationContext, IDisposable
{
    /// <summary>Cancelled work that takes longer than this is explained to the person.</summary>
    private static readonly TimeSpan ExplainAfter = TimeSpan.FromMilliseconds(300);

    private readonly CancellationTokenSource _stop = new();
    private readonly BlockingCollection<Action> _actions = [];
    private readonly Action _explain;
    private int _running;

    /// <param name="explain">Is called when cancelled work takes longer than a moment.</param>
    public PipelineContext(Action explain)
    {
        _explain = explain;
        Stopping = _stop.Token;
    }

    /// <summary>Is cancelled from the moment when the pipeline is being stopped.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>True from the moment when the pipeline is being stopped.</summary>
    public bool IsStopping => _stop.IsCancellationRequested;

    /// <summary>
    /// Calls into PowerShell without this context: code there that blocks on its own async calls would hang otherwise.
    /// </summary>
    public static T WithoutContext<T>(Func<T> call)
    {
        var context = Current;
        SetSynchronizationContext(null);
        try
        {
            return call();
        }
        finally
        {
            SetSynchronizationContext(context);
        }
    }

    /// <summary>Starts work that never waits for the pipeline's thread: its awaits do not return to it.</summary>
    public static Task<T> StartDetached<T>(Func<Task<T>> work) => WithoutContext(work);

    /// <summary>Cancels what can be cancelled. Safe to call from any thread.</summary>
    public void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work has ended.
        }
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => Post(() => d(state));

    /// <summary>Runs an action on the pipeline's thread, after all that were posted before. Safe to call from any thread.</summary>
    public void Post(Action action)
    {
        try
        {
            _actions.Add(action);
        }
        catch (ObjectDisposedException)
        {
            // The pipeline has ended, as when a signal arrives just after its end.
        }
    }

    /// <summary>Does some work and waits for its end.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped, and the work has ended.</exception>
    public void Run(Func<Task> work)
    {
        var task = Begin(work, end: null);
        // Its last reports may not be written yet.
        RunWhile(() => !task.IsCompleted || _actions.Count > 0);
        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (IsStopping)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Starts some work. When it fails, all other work is cancelled immediately, and the next run throws the failure.</summary>
    public void Start(Func<Task> work)
    {
        Begin(StopOnFailureAsync, task => task.GetAwaiter().GetResult());

        async Task StopOnFailureAsync()
        {
            try
            {
                await work();
            }
            catch
            {
                Stop();
                throw;
            }
        }
    }

    /// <summary>Runs what was started, to its end.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped, and all work has ended.</exception>
    public void RunToEnd() => RunWhile(() => _running > 0);

    /// <summary>Runs what was started, as far as it comes without waiting.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped, and all work has ended.</exception>
    public void RunPending() => RunWhile(() => _actions.Count > 0);

    /// <summary>Cancels what can still be cancelled, and waits for the rest.</summary>
    public void Dispose()
    {
        Cancel();
        _stop.Dispose();
        _actions.Dispose();
    }

    private void RunWhile(Func<bool> condition)
    {
        try
        {
            while (condition())
                Invoke(_actions.Take(_stop.Token));

            // It was stopped in the last action, as while that saved: what follows in the script must not run.
            if (IsStopping)
                throw new PipelineStoppedException();
        }
        catch (OperationCanceledException) when (IsStopping)
        {
            Cancel();
            throw new PipelineStoppedException();
        }
        catch
        {
            // The next command takes no more objects, as with Select-Object -First.
            Cancel();
            throw;
        }
    }

    private Task Begin(Func<Task> work, Action<Task>? end)
    {
        Task? task = null;
        Invoke(() => task = work());
        _running++;
        if (task is { IsCompletedSuccessfully: true })
        {
            _running--;
            return task;
        }

        task!.ContinueWith(
            ended => Post(() =>
            {
                _running--;
                end?.Invoke(ended);
            }),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return task;
    }

    private void Invoke(Action action)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    private void Cancel()
    {
        Stop();
        WaitForAll(ExplainAfter);
    }

    private void WaitForAll(TimeSpan timeout)
    {
        try
        {
            while (_running > 0)
            {
                if (_actions.TryTake(out var action, timeout))
                {
                    Invoke(action);
                    continue;
                }

                timeout = Timeout.InfiniteTimeSpan;
                _explain();
            }
        }
        catch
        {
            // A host that cannot print must not cause the loss of responses in flight.
            WaitForAll(Timeout.InfiniteTimeSpan);
            throw;
        }
    }
}
