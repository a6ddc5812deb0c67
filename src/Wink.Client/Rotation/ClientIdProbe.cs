namespace Wink.Client;

/// <summary>Reads an application's client ID after a rotation, to find out whether it took effect.</summary>
internal sealed class ClientIdProbe(AccountReader account, KnownApplications known, TimeProvider time)
{
    /// <summary>How long to wait before each read. Wink may still be processing a request after the connection was lost.</summary>
    private static readonly TimeSpan[] Pauses =
        [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    private static readonly TimeSpan LongestLastRead = TimeSpan.FromSeconds(3);

    /// <summary>The client ID as it is now; null where it cannot be read.</summary>
    /// <param name="job">The rotation.</param>
    /// <param name="before">The client ID just before the rotation was sent; null where that is not known or does not matter.</param>
    /// <param name="sentAt">When the rotation was sent, as a timestamp: an older response from a cache tells nothing.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public Task<ClientIdReading?> ReadAsync(
        RotationJob job, ClientIdReading? before, long sentAt, CancellationToken cancellationToken) =>
        ReadUntilAsync(_ => true, [TimeSpan.Zero], job, before, sentAt, cancellationToken);

    /// <summary>
    /// The client ID as soon as it differs from <paramref name="before"/>, or else as it is after some seconds; null where the last read
    /// fails.
    /// </summary>
    public Task<ClientIdReading?> ReadChangeAsync(
        RotationJob job, ClientIdReading before, long sentAt, CancellationToken cancellationToken) =>
        ReadUntilAsync(now => !now.Is(before.ClientId), Pauses, job, before, sentAt, cancellationToken);

    /// <summary>
    /// The client ID as soon as it is one of these, or else as it is after some seconds: a read may lag behind a rotation.
    /// </summary>
    public Task<ClientIdReading?> ReadAnyAsync(
        RotationJob job,
        IReadOnlyCollection<string> expected,
        ClientIdReading? before,
        long sentAt,
        CancellationToken cancellationToken) =>
        ReadUntilAsync(now => expected.Any(now.Is), Pauses, job, before, sentAt, cancellationToken);

    private async Task<ClientIdReading?> ReadUntilAsync(
        Predicate<ClientIdReading> isEnough,
        TimeSpan[] pauses,
        RotationJob job,
        ClientIdReading? before,
        long sentAt,
        CancellationToken cancellationToken)
    {
        var (application, parameters, progress) = job;
        ClientIdReading? now = null;
        var isLast = false;
        for (var read = 0; read < pauses.Length || (cancellationToken.IsCancellationRequested && !isLast); read++)
        {
            // After a cancellation there is one more read, since it tells the outcome.
            isLast = !await WaitAsync(pauses[Math.Min(read, pauses.Length - 1)], cancellationToken).ConfigureAwait(false);
            using var limit = isLast
                ? new CancellationTokenSource(LongestLastRead, time)
                : CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            try
            {
                var description = await account.ReadApplicationAsync(
                    application, parameters.MaximumWait, progress, limit.Token).ConfigureAwait(false);
                now = description.ReadAt >= sentAt ? ClientIdReading.Of(application, description) : null;
            }
            catch (WinkTransportException failure) when (failure.Failure == TransportFailure.Timeout)
            {
                // A server that did not respond within the whole timeout is not asked again: a person is waiting, too.
                return null;
            }
            catch (Exception failure) when (failure is WinkException or OperationCanceledException)
            {
                now = null;
            }

            if (now is not null && Lags(application, now.ClientId, before, sentAt))
                now = null;

            known.Add(application, now?.ClientId);
            if (isLast || (now is not null && isEnough(now)))
                break;
        }

        return now;
    }

    /// <summary>A rotation makes a new client ID, so this one is no change: it was seen before the request was sent.</summary>
    private bool Lags(ApplicationReference application, string clientId, ClientIdReading? before, long sentAt) =>
        known.IsReplaced(application, clientId) ||
        (before?.Is(clientId) is false && known.HadClientId(application, clientId, sentAt));

    /// <returns>False when it was cancelled.</returns>
    private async Task<bool> WaitAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }
}
