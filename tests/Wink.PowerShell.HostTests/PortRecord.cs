namespace Wink.PowerShell.HostTests;

/// <summary>What a <see cref="RecordingPort"/> records. Safe to share between ports.</summary>
public sealed class PortRecord
{
    /// <summary>A server asks for whole seconds, and so for up to one more than its pause lasts.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private DateTimeOffset _pausedUntil;

    /// <summary>How many requests were started after a 429 was read, and before the time was over that it asked for.</summary>
    public int StartedInPause { get; private set; }

    public void AddStart(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (now < _pausedUntil)
                StartedInPause++;
        }
    }

    public void AddRefusal(DateTimeOffset now, TimeSpan retryAfter)
    {
        lock (_gate)
        {
            if (now + retryAfter - Rounding > _pausedUntil)
                _pausedUntil = now + retryAfter - Rounding;
        }
    }
}
