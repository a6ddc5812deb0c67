namespace Wink.Client;

/// <summary>Finds out whether a rotation took effect: reads the application's client id a few times over some seconds.</summary>
internal sealed class ClientIdWatch(AccountReader account)
{
    /// <summary>How long to wait before each read. A request may still be under way inside Wink when the connection to it is already lost.</summary>
    private static readonly TimeSpan[] Pauses =
        [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    /// <summary>The client id as soon as it differs from <paramref name="before"/>, else as it is at the end; null where it can't be read then.</summary>
    public async Task<string?> ReadAsync(
        ApplicationReference application, string? before, IProgress<WinkEvent>? log, CancellationToken cancellationToken)
    {
        string? now = null;
        foreach (var pause in Pauses)
        {
            try
            {
                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
                now = (await account.ReadApplicationAsync(application, log, cancellationToken).ConfigureAwait(false)).ClientId;
            }
            catch (WinkTransportException silence) when (silence.Failure == TransportFailure.Timeout)
            {
                // Whoever was silent for the whole timeout is not waited for again: the person waits too.
                return null;
            }
            catch (WinkException)
            {
                now = null;
            }
            catch (OperationCanceledException)
            {
                return null;
            }

            if (now is not null && now != before)
                break;
        }

        return now;
    }
}
