namespace Wink.Client.Tests;

/// <summary>Time that runs faster than real time, so that tests of pauses, delays and the life of tokens need not wait for them.</summary>
/// <param name="speed">How many times as fast.</param>
public sealed class FastTime(int speed) : TimeProvider
{
    private readonly DateTimeOffset _startedAt = System.GetUtcNow();
    private readonly long _startedAtTimestamp = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _startedAt + (System.GetElapsedTime(_startedAtTimestamp) * speed);

    public override long GetTimestamp() => _startedAtTimestamp + ((System.GetTimestamp() - _startedAtTimestamp) * speed);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Scaled(dueTime), Scaled(period));

    private TimeSpan Scaled(TimeSpan duration) => duration == Timeout.InfiniteTimeSpan ? duration : duration / speed;
}
