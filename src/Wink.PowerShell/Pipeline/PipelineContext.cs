using System.Collections.Concurrent;
using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>
/// The pipeline's thread as a synchronization context: asynchronous work that is started here comes back to it after each await. What was
/// started is awaited even when the pipeline is being stopped, so that nothing it brings is dropped.
/// </summary>
internal sealed class PipelineContext : SynchronizationContext, IDisposable
{
    /// <summary>Work that is cancelled ends within this time; what goes on longer is explained.</summary>
    private static readonly TimeSpan Promptly = TimeSpan.FromMilliseconds(300);

    private readonly CancellationTokenSource _stop = new();
    private readonly BlockingCollection<Action> _actions = [];
    private readonly Action _explain;
    private int _running;

    /// <param name="explain">Is called when work that is to be cancelled goes on for longer than a moment.</param>
    public PipelineContext(Action explain)
    {
        _explain = explain;
        Stopping = _stop.Token;
    }

    /// <summary>Is cancelled from the moment when the pipeline is being stopped.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>True from the moment when the pipeline is being stopped.</summary>
    public bool IsStopping => _stop.IsCancellationRequested;

    /// <summary>Calls into PowerShell, where code runs that must not see this context: it would hang when it blocks on its own async calls.</summary>
    public static T Outside<T>(Func<T> call)
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

    /// <summary>Starts work that never waits for the pipeline's thread: its awaits do not come back here.</summary>
    public static Task<T> Detach<T>(Func<Task<T>> work) => Outside(work);

    /// <summary>Cancels what can be cancelled. Safe to call from any thread.</summary>
    public void Stop() => _stop.Cancel();

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => Post(() => d(state));

    /// <summary>Has something done on the pipeline's thread, after all that was posted before. Safe to call from any thread.</summary>
    public void Post(Action action)
    {
        try
        {
            _actions.Add(action);
        }
        catch (ObjectDisposedException)
        {
            // Nothing is left to do it, as when a signal comes just after the end.
        }
    }

    /// <summary>Does some work and waits for its end.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped, and the work has ended.</exception>
    public void Run(Func<Task> work)
    {
        var task = Begin(work, end: null);
        // What it reported last may still wait to be written.
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

    /// <summary>Starts some work. When it fails, all other work is cancelled at once; the failure comes out of the next run.</summary>
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
        }
        catch (OperationCanceledException) when (IsStopping)
        {
            Cancel();
            throw new PipelineStoppedException();
        }
        catch
        {
            // The objects are no longer taken, as with Select-Object -First.
            Cancel();
            throw;
        }
    }

    private Task Begin(Func<Task> work, Action<Task>? end)
    {
        Task? task = null;
        _running++;
        Invoke(() => task = work());
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
        WaitForAll(Promptly);
    }

    private void WaitForAll(TimeSpan patience)
    {
        try
        {
            while (_running > 0)
            {
                if (_actions.TryTake(out var action, patience))
                {
                    Invoke(action);
                    continue;
                }

                patience = Timeout.InfiniteTimeSpan;
                _explain();
            }
        }
        catch
        {
            // A host that cannot even print must not cost the responses that are still on their way.
            WaitForAll(Timeout.InfiniteTimeSpan);
            throw;
        }
    }
}
