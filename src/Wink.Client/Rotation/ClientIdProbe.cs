namespace Wink.Client;

/// <summary>Finds out whether a rotation took effect: it reads the application's client ID a few times over some seconds.</summary>
internal sealed class ClientIdProbe(AccountReader account, KnownClientIds clientIds, TimeProvider time)
{
    /// <summary>How long to wait before each read. Wink may still be processing a request after the connection was lost.</summary>
    private static readonly TimeSpan[] Pauses =
        [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    private static readonly TimeSpan LongestLastRead = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The client ID as soon as it differs from <paramref name="before"/>, or else as it is at the last read; null where that read fails.
    /// </summary>
    public Task<string?> ReadAsync(
        ApplicationReference application, string? before, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        ReadUntilAsync(now => now != before, application, progress, cancellationToken);

    /// <summary>
    /// The client ID as soon as it is one of these, or else as it is after some seconds: a read may lag behind a rotation.
    /// </summary>
    public Task<string?> ReadAnyAsync(
        ApplicationReference application,
        IReadOnlyCollection<string> clientIds,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken) =>
        ReadUntilAsync(clientIds.Contains, application, progress, cancellationToken);

    private async Task<string?> ReadUntilAsync(
        Predicate<string> isEnough, ApplicationReference application, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        string? now = null;
        var isLast = false;
        for (var read = 0; read < Pauses.Length || (cancellationToken.IsCancellationRequested && !isLast); read++)
        {
            // After a cancellation there is one more read, since it tells the outcome.
            isLast = !await WaitAsync(Pauses[Math.Min(read, Pauses.Length - 1)], cancellationToken).ConfigureAwait(false);
            using var limit = isLast
                ? new CancellationTokenSource(LongestLastRead, time)
                : CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            try
            {
                var description = await account.ReadApplicationAsync(application, progress, limit.Token).ConfigureAwait(false);
                // The description of another application, or of none, says nothing about this one.
                now = application.Has(description.Id) && !string.IsNullOrWhiteSpace(description.ClientId) ? description.ClientId : null;
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

            clientIds.Add(application, now);
            if (isLast || (now is not null && isEnough(now)))
                break;
        }

        return now;
    }

    /// <returns>False when it was cancelled.</returns>
    private async Task<bool> WaitAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }
}
