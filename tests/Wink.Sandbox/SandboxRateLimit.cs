namespace Wink.Sandbox;

/// <summary>
/// The rate limit of the API, a token bucket: each request takes a token, and a request that finds none is refused with 429. It begins a
/// pause, during which all are refused and after which the bucket is full. Without a pause, the next token is worth waiting for.
/// </summary>
/// <param name="perMinute">How many tokens come in each minute.</param>
/// <param name="burst">How many the bucket holds.</param>
/// <param name="pause">The pause.</param>
/// <param name="time">The source of the time.</param>
public sealed class SandboxRateLimit(double perMinute, int burst, TimeSpan pause, TimeProvider time)
{
    private readonly object _gate = new();
    private double _tokens = burst;
    private long _filledAt = time.GetTimestamp();
    private long? _pausedUntil;

    /// <summary>How many requests were let through.</summary>
    public int LetThrough { get; private set; }

    /// <summary>How many requests were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>How many pauses began.</summary>
    public int Pauses { get; private set; }

    /// <summary>How long a request has to wait, for Retry-After in whole seconds; null where it is let through.</summary>
    public int? Refuse()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            Fill(now);
            if (_pausedUntil is null && _tokens >= 1)
            {
                _tokens--;
                LetThrough++;
                return null;
            }

            Refused++;
            if (_pausedUntil is null && pause > TimeSpan.Zero)
            {
                Pauses++;
                _pausedUntil = now + (long)(pause.TotalSeconds * time.TimestampFrequency);
            }

            var wait = _pausedUntil is { } until ? time.GetElapsedTime(now, until) : TimeSpan.FromMinutes((1 - _tokens) / perMinute);
            return (int)Math.Ceiling(wait.TotalSeconds);
        }
    }

    private void Fill(long now)
    {
        if (now >= _pausedUntil)
        {
            _pausedUntil = null;
            _tokens = burst;
        }
        else
        {
            _tokens = Math.Min(burst, _tokens + (time.GetElapsedTime(_filledAt, now).TotalMinutes * perMinute));
        }

        _filledAt = now;
    }
}
