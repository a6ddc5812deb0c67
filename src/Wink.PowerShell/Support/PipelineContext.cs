using System.Collections.Concurrent;
using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>
/// Runs asynchronous work, and on the pipeline's thread what that work asks for. Work is awaited even when the pipeline is being stopped:
/// what it brings is never dropped.
/// </summary>
/// <param name="explain">Is called when work that is to be given up goes on for longer than a moment.</param>
internal sealed class PipelineContext(Action explain) : IDisposable
{
    /// <summary>Work that is given up ends within this time; what goes on longer is explained.</summary>
    private static readonly TimeSpan Promptly = TimeSpan.FromMilliseconds(300);

    private readonly CancellationTokenSource _stop = new();
    private readonly BlockingCollection<Action> _actions = [];
    private int _running;

    /// <summary>True from the moment when the pipeline is being stopped.</summary>
    public bool IsStopping => _stop.IsCancellationRequested;

    /// <summary>True when something was posted that wasn't done yet.</summary>
    public bool HasActions => _actions.Count > 0;

    /// <summary>Tells work that it isn't wanted any more. Safe to call from any thread.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Has something done on the pipeline's thread, after all that was posted before. Safe to call from any thread.</summary>
    public void Post(Action action)
    {
        try
        {
            _actions.Add(action);
        }
        catch (ObjectDisposedException)
        {
            // Nobody is left to do it, as when a signal comes just after the end.
        }
    }

    /// <summary>Starts work. What of it doesn't run at once runs on the thread pool.</summary>
    /// <param name="work">The work. It knows by itself until when it can be given up.</param>
    /// <param name="whenDone">Takes the ended task, on the pipeline's thread; also when the pipeline is being stopped.</param>
    public void Start<T>(Func<CancellationToken, Task<T>> work, Action<Task<T>> whenDone)
    {
        var started = work(_stop.Token);
        _running++;
        started.ContinueWith(
            task => Post(() =>
            {
                _running--;
                whenDone(task);
            }),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Does what is posted, and waits for more, as long as <paramref name="goesOn"/> says so.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped, and all work has ended.</exception>
    public void RunWhile(Func<bool> goesOn)
    {
        try
        {
            while (goesOn())
                _actions.Take(_stop.Token).Invoke();
        }
        catch (OperationCanceledException) when (IsStopping)
        {
            GiveUp();
            throw new PipelineStoppedException();
        }
        catch
        {
            // Nobody takes the objects any more, as with Select-Object -First.
            GiveUp();
            throw;
        }
    }

    /// <summary>Gives up what can still be given up, and waits for the rest.</summary>
    public void Dispose()
    {
        GiveUp();
        _stop.Dispose();
        _actions.Dispose();
    }

    private void GiveUp()
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
                    action();
                    continue;
                }

                patience = Timeout.InfiniteTimeSpan;
                explain();
            }
        }
        catch
        {
            // A host that can't even print must not cost the answers that are still under way.
            WaitForAll(Timeout.InfiniteTimeSpan);
            throw;
        }
    }
}
