namespace Wink.Client.Tests;

/// <summary>A timer of a <see cref="Timeline"/>, which sets when it is due.</summary>
internal sealed class TimelineTimer(Timeline timeline, Action callBack) : ITimer
{
    public Action CallBack => callBack;

    public long Due { get; set; }

    /// <summary>Of timers that are due at the same time, the one that was started first comes first.</summary>
    public long Number { get; set; }

    /// <summary>Whether it was started on another thread than that of the simulation.</summary>
    public bool IsOfOtherThread { get; set; }

    /// <summary>The process that made it; null for what happens outside of it.</summary>
    public ProcessTime? Process { get; init; }

    /// <summary>After what time it was to call back when it was made.</summary>
    public TimeSpan DueTime { get; init; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        timeline.Set(this, dueTime);
        return true;
    }

    public void Dispose() => timeline.Set(this, Timeout.InfiniteTimeSpan);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
