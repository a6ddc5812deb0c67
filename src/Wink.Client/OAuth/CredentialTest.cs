namespace Wink.Client;

/// <summary>Tells whether credentials are valid, by asking IAM for a token with them.</summary>
internal sealed class CredentialTest(TokenRequest request, TimeProvider time)
{
    private static readonly TimeSpan LongestVerification = TimeSpan.FromSeconds(30);
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

    /// <inheritdoc cref="WinkClient.VerifyCredentialAsync"/>
    public async Task<bool> VerifyAsync(ClientCredential credential, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        while (true)
        {
            var isLast = time.GetElapsedTime(startedAt) >= LongestVerification;
            try
            {
                var isAccepted = await TestAsync(credential, progress, cancellationToken).ConfigureAwait(false);
                if (isAccepted || isLast)
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
