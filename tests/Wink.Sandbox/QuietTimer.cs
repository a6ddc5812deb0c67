namespace Wink.Sandbox;

/// <summary>A timer of <see cref="QuietTime"/>, which sets when it is due.</summary>
internal sealed class QuietTimer(QuietTime time, Action callBack) : ITimer
{
    public Action CallBack => callBack;

    public TimeSpan Due { get; set; }

    /// <summary>Of timers that are due at the same time, the one that was started first comes first.</summary>
    public long Number { get; set; }

    /// <summary>Whether it ends something that should have ended before, such as a request.</summary>
    public bool IsLimit { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        if (period != Timeout.InfiniteTimeSpan && period != TimeSpan.Zero)
            throw new NotSupportedException("A timer calls back once.");

        time.Start(this, dueTime);
        return true;
    }

    public void Dispose() => time.Start(this, Timeout.InfiniteTimeSpan);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
