namespace Wink.Client.Tests;

/// <summary>The time of one simulated process. What the client remembers for a whole process, it remembers by this.</summary>
internal sealed class ProcessTime(Timeline timeline) : TimeProvider
{
    /// <summary>Whether the process was killed: nothing of it happens any more.</summary>
    public bool IsKilled { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Timeline.Start + timeline.Now;

    public override long GetTimestamp() => timeline.ReadClock();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new TimelineTimer(timeline, CallBack) { DueTime = dueTime, Process = this };
        timer.Change(dueTime, period);
        return timer;

        void CallBack()
        {
            if (!IsKilled)
                callback(state);
        }
    }
}
