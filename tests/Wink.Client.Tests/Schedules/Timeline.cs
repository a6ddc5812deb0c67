namespace Wink.Client.Tests;

/// <summary>
/// The time of a simulation, and all that is to happen in it. It jumps from one thing to the next, all of them on one thread: so a schedule
/// always runs in the same way, and as fast as the client computes.
/// </summary>
internal sealed class Timeline
{
    /// <summary>In real time. What continues on another thread takes microseconds; a busy machine may need longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly SortedSet<TimelineTimer> _timers = new(
        Comparer<TimelineTimer>.Create((one, other) => (one.Due, one.Number).CompareTo((other.Due, other.Number))));
    private long _now = TimeSpan.FromDays(1000).Ticks;
    private long _started;

    public static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Since the simulation began.</summary>
    public TimeSpan Now
    {
        get
        {
            lock (_gate)
                return TimeSpan.FromTicks(_now) - TimeSpan.FromDays(1000);
        }
    }

    /// <summary>No two readings are the same, as in real time.</summary>
    public long ReadClock()
    {
        lock (_gate)
            return ++_now;
    }

    /// <summary>Lets something happen later.</summary>
    public void After(TimeSpan delay, Action action) => new TimelineTimer(this, action).Change(delay, Timeout.InfiniteTimeSpan);

    /// <summary>Lets something happen now, as soon as what happens now has ended. Safe to call on any thread.</summary>
    public void Post(Action action) => After(TimeSpan.Zero, action);

    /// <summary>Starts a timer again, or ends it where it is never due.</summary>
    public void Set(TimelineTimer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.Due = _now + dueTime.Ticks;
                timer.Number = ++_started;
                timer.IsOfOtherThread = Environment.CurrentManagedThreadId != _thread;
                _timers.Add(timer);
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Lets all happen in turn, until the condition is true.</summary>
    /// <param name="isDone">The condition.</param>
    /// <param name="continuesElsewhere">
    /// Whether what a timer calls goes on with on another thread, where it will start a timer or post something.
    /// </param>
    /// <returns>False where nothing is left that could happen.</returns>
    public bool RunUntil(Func<bool> isDone, Predicate<TimelineTimer> continuesElsewhere)
    {
        while (!isDone())
        {
            TimelineTimer? next;
            long before;
            lock (_gate)
            {
                next = _timers.Min;
                if (next is null)
                    return false;

                _timers.Remove(next);
                _now = Math.Max(_now, next.Due);
                before = _started;
            }

            var mustWait = continuesElsewhere(next);
            next.CallBack();
            if (mustWait)
                WaitForStart(before);
        }

        return true;
    }

    private void WaitForStart(long before)
    {
        lock (_gate)
        {
            while (_started == before && Monitor.Wait(_gate, Patience))
            {
            }
        }
    }
}
