namespace Wink.Client;

/// <summary>
/// Wink's rate limit, for all requests of a connection. After a 429 none starts until the time is over that Wink asked for: those that were
/// sent meanwhile would only be refused, too. Safe to share between threads.
/// </summary>
/// <param name="host">The host that sets the limit.</param>
/// <param name="time">The source of the time.</param>
internal sealed class RateLimit(string host, TimeProvider time)
{
    /// <summary>How often the time that is left is reported.</summary>
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private long _pausedUntil = long.MinValue;

    /// <summary>No request may start for so long.</summary>
    public void Pause(TimeSpan delay)
    {
        var until = time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);
        lock (_gate)
            _pausedUntil = Math.Max(_pausedUntil, until);
    }

    /// <summary>Waits until a request may start.</summary>
    /// <param name="progress">Is told each second how much time is left, and when it is over.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>True when it had to wait.</returns>
    public async Task<bool> WaitAsync(IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        var hasWaited = false;
        while (Left() is { Ticks: > 0 } left)
        {
            hasWaited = true;
            progress?.Report(new RetryDelayed(host, left));
            await Task.Delay(left < ReportInterval ? left : ReportInterval, time, cancellationToken).ConfigureAwait(false);
        }

        if (hasWaited)
            progress?.Report(new RetryDelayed(host, TimeSpan.Zero));

        return hasWaited;
    }

    private TimeSpan Left()
    {
        lock (_gate)
            return _pausedUntil == long.MinValue ? TimeSpan.Zero : time.GetElapsedTime(time.GetTimestamp(), _pausedUntil);
    }
}
