namespace Wink.Client;

/// <summary>Tells whether credentials are valid, by asking IAM for a token with them.</summary>
internal sealed class CredentialTest(TokenRequest request, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc cref="WinkClient.TestCredentialAsync"/>
    public async Task<bool> TestAsync(ClientCredential credential, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        try
        {
            await request.SendAsync(credential, ["account.read"], progress, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (WinkSignInException refusal) when (refusal.Error is "invalid_scope" or "unauthorized_client")
        {
            // RFC 6749 section 5.2: IAM knows the client, and refuses only what it asks for.
            return true;
        }
        catch (WinkSignInException refusal) when (refusal.Error is "invalid_client")
        {
            return false;
        }
    }

    /// <summary>Tests credentials until IAM's response is final, or for some time.</summary>
    /// <param name="credential">The credentials.</param>
    /// <param name="isFinal">
    /// Whether a response is final: an acceptance of new credentials, which IAM may not know immediately; any of old ones.
    /// </param>
    /// <param name="longest">After this time there is one more test at most.</param>
    /// <param name="hurry">After this is cancelled, too.</param>
    /// <param name="progress">Reports each request.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>True when IAM accepts the credentials, false when it refuses them in the last test.</returns>
    /// <exception cref="WinkException">The response to the last test tells neither, or there was none.</exception>
    public async Task<bool> TestUntilAsync(
        ClientCredential credential,
        Predicate<bool> isFinal,
        TimeSpan longest,
        CancellationToken hurry,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        while (true)
        {
            var isLast = time.GetElapsedTime(startedAt) >= longest || hurry.IsCancellationRequested;
            try
            {
                var isAccepted = await TestAsync(credential, progress, cancellationToken).ConfigureAwait(false);
                if (isLast || isFinal(isAccepted))
                    return isAccepted;
            }
            catch (WinkException) when (!isLast)
            {
                // IAM may be available again at the next attempt.
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
