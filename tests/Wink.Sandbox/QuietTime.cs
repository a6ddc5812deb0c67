namespace Wink.Sandbox;

/// <summary>
/// The time of a test, which its client and its sandbox share. It stands still while a request is in progress, and jumps to the next timer
/// when all that is left is to wait for one. So a busy machine makes nothing late, and no test waits for it.
/// </summary>
/// <remarks>
/// A timer of more than 5 s is a limit, such as a timeout. The time jumps to one only while the server is silent, since nothing else would
/// happen then. A timer calls back while the time stands still, and so it does until what follows has sent a request or waits in turn.
/// </remarks>
public sealed class QuietTime : TimeProvider
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Timers that are so close call back together.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(1);

    /// <summary>In real time: nothing may begin or end in two of these before it jumps, lest something is between two requests.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(5);

    private const int Moments = 2;

    private readonly object _gate = new();
    private readonly DateTimeOffset _startedAt = System.GetUtcNow();
    private readonly long _startedAtTimestamp = System.GetTimestamp();
    private readonly SortedSet<QuietTimer> _timers = new(
        Comparer<QuietTimer>.Create((one, other) => (one.Due, one.Number).CompareTo((other.Due, other.Number))));
    private readonly Dictionary<string, int> _inProgress = [];
    private TimeSpan _elapsed;
    private int _callbacks;
    private int _hanging;
    private long _changes;
    private bool _isWatched;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _startedAt + _elapsed;
    }

    /// <summary>No two readings are the same, as in real time, and they can be compared with its.</summary>
    public override long GetTimestamp()
    {
        lock (_gate)
        {
            _elapsed += TimeSpan.FromTicks(1);
            return _startedAtTimestamp + (_elapsed.Ticks * (TimestampFrequency / TimeSpan.TicksPerSecond));
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new QuietTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets this time pass, whatever is going on.</summary>
    public void Advance(TimeSpan time)
    {
        lock (_gate)
        {
            _elapsed += time;
            FireDue();
            Changed();
        }
    }

    /// <summary>Completes once nothing is going on: each request has ended or is held by the server, and what followed waits.</summary>
    public Task UntilQuietAsync(CancellationToken cancellationToken) => Task.Delay(Together, this, cancellationToken);

    /// <summary>A request is in progress on one of its two sides: the time stands still until the result is disposed.</summary>
    /// <param name="target">The request's target, by which both sides name it.</param>
    public IDisposable Hold(string target) => new Share(this, target, 1, 0);

    /// <summary>The server lets a request wait, and the time need not stand still for it, on neither side.</summary>
    /// <param name="target">The request's target.</param>
    /// <param name="isSilent">Whether only time ends this, so that a limit may be reached.</param>
    public IDisposable Release(string target, bool isSilent) => new Share(this, target, -2, isSilent ? 1 : 0);

    /// <summary>Starts a timer again, or ends it where it is never due.</summary>
    internal void Start(QuietTimer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.Due = _elapsed + dueTime;
                timer.IsLimit = dueTime > LongestWait;
                timer.Number = _changes;
                _timers.Add(timer);
            }

            Changed();
        }
    }

    private QuietTimer? Next => _callbacks > 0 || _inProgress.Values.Any(count => count > 0)
        ? null
        : _timers.FirstOrDefault(timer => _hanging > 0 || !timer.IsLimit);

    private void Add(string target, int count, int hanging)
    {
        lock (_gate)
        {
            _hanging += hanging;
            if ((_inProgress[target] = _inProgress.GetValueOrDefault(target) + count) == 0)
                _inProgress.Remove(target);

            Changed();
        }
    }

    private void Changed()
    {
        _changes++;
        if (_isWatched || Next is null)
            return;

        _isWatched = true;
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = WatchAsync(), null);
    }

    /// <summary>Jumps as often as nothing is going on, until there is nothing to jump to.</summary>
    private async Task WatchAsync()
    {
        long? seen = null;
        var moments = 0;
        while (true)
        {
            lock (_gate)
            {
                moments = seen == _changes ? moments + 1 : 0;
                if (moments == Moments && Next is { } next)
                {
                    _elapsed = Max(_elapsed, next.Due + Together);
                    FireDue();
                    Changed();
                }

                seen = _changes;
                if (Next is null)
                {
                    _isWatched = false;
                    return;
                }
            }

            await Task.Delay(Moment).ConfigureAwait(false);
            // What is ready to go on goes first, however busy the threads are.
            await Task.Yield();
        }
    }

    private void FireDue()
    {
        while (_timers.Min is { } timer && timer.Due <= _elapsed)
        {
            _timers.Remove(timer);
            _callbacks++;
            ThreadPool.UnsafeQueueUserWorkItem(_ => Fire(timer), null);
        }
    }

    private void Fire(QuietTimer timer)
    {
        try
        {
            timer.CallBack();
        }
        finally
        {
            lock (_gate)
            {
                _callbacks--;
                Changed();
            }
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private sealed class Share : IDisposable
    {
        private readonly QuietTime _time;
        private readonly string _target;
        private readonly int _count;
        private readonly int _hanging;

        public Share(QuietTime time, string target, int count, int hanging)
        {
            (_time, _target, _count, _hanging) = (time, target, count, hanging);
            time.Add(target, count, hanging);
        }

        public void Dispose() => _time.Add(_target, -_count, -_hanging);
    }
}
