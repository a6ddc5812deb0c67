using System.Net;

namespace Wink.Client;

/// <summary>
/// Wink's rate limit, for all requests of a connection. After a 429 none starts until the time is over that Wink asked for: those that were
/// sent meanwhile would only be refused, too. Safe to share between threads.
/// </summary>
/// <param name="host">The host that sets the limit.</param>
/// <param name="time">The source of the time.</param>
#pragma warning disable CA1001 // Its semaphore has no wait handle, so nothing leaks.
internal sealed class RateLimit(string host, TimeProvider time)
#pragma warning restore CA1001
{
    /// <summary>How often the time that is left is reported.</summary>
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    /// <summary>Wink writes less than a second as 0. Without a pause, requests would be sent again as fast as they are refused.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    /// <summary>No caller waits longer. A server that asks for years must not end the connection.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    private readonly object _gate = new();
    private readonly SemaphoreSlim _afterPause = new(1, 1);
    private long _pausedUntil = long.MinValue;

    /// <summary>Begins a pause as soon as the headers of a 429 say how long it is.</summary>
    /// <param name="response">A response to any request.</param>
    public void Apply(ApiResponse response)
    {
        if (response.RetryAfter is not { } asked)
            return;

        var pause = asked < ShortestPause ? ShortestPause : asked > LongestPause ? LongestPause : asked;
        lock (_gate)
            _pausedUntil = Math.Max(_pausedUntil, time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency));
    }

    /// <summary>Starts a request, unless there is a pause: a pause that begins on another thread comes before it or after it.</summary>
    /// <param name="send">Sends the request. It starts it and does not wait.</param>
    /// <returns>The request; null when it must wait.</returns>
    public Task<T>? TryStart<T>(Func<Task<T>> send)
    {
        lock (_gate)
            return Left() > TimeSpan.Zero ? null : send();
    }

    /// <summary>Waits until a request may start.</summary>
    /// <param name="longest">The longest time to wait at once.</param>
    /// <param name="progress">Reports each second how much time is left, and when the wait ends.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>True when it had to wait.</returns>
    /// <exception cref="WinkApiException">It would have to wait longer.</exception>
    public async Task<bool> WaitAsync(TimeSpan longest, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        var hasWaited = false;
        try
        {
            while (Left() is { Ticks: > 0 } left)
            {
                // A pause that is asked for while this one lasts is another one.
                if (left > longest)
                    throw TooLong(left);

                hasWaited = true;
                progress?.Report(new RetryDelayed(host, left));
                await Task.Delay(left < ReportInterval ? left : ReportInterval, time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            if (hasWaited)
                progress?.Report(new RetryDelayed(host, TimeSpan.Zero));
        }

        return hasWaited;
    }

    /// <summary>
    /// Waits until a rotation that had to wait is the only one that is read again and sent: if all were read again at once, that alone
    /// could use up what Wink allows, again and again. Disposing the result lets the next one go on.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task<IDisposable> EnterAfterPauseAsync(CancellationToken cancellationToken)
    {
        await _afterPause.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Turn(_afterPause);
    }

    private static WinkApiException TooLong(TimeSpan left) => new(
        HttpStatusCode.TooManyRequests,
        new ProblemDetail
        {
            Detail = "an earlier request of this connection was refused by the rate limit, and the time that Wink asked for is not over " +
                $"({left.TotalSeconds:0} s left)",
        },
        left);

    private TimeSpan Left()
    {
        lock (_gate)
            return _pausedUntil == long.MinValue ? TimeSpan.Zero : time.GetElapsedTime(time.GetTimestamp(), _pausedUntil);
    }

    private sealed class Turn(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
