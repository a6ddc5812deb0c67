namespace Wink.Client;

/// <summary>
/// Tells which application is signed in, and goes on with its new credentials after its rotation. Nothing here may lose those.
/// </summary>
internal sealed class OwnApplication(AccessTokenProvider tokens, KnownApplications known, CredentialTest credentials, TimeProvider time)
{
    private static readonly TimeSpan LongestTest = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether it is this application, as far as is known: it has the client ID that is signed in, or had it. A read may lag behind a
    /// rotation, and another connection of this process may have rotated it.
    /// </summary>
    /// <param name="application">The application.</param>
    /// <param name="clientId">Its client ID, as it was read; null where it was not.</param>
    public bool Is(ApplicationReference application, string? clientId) =>
        tokens.ClientIds.Any(own => ClientIdReading.AreSame(own, clientId) || known.HadClientId(application, own));

    /// <summary>Signs in with the new credentials from now on, if the client ID before the rotation shows that it is this one.</summary>
    public void Continue(ApplicationReference application, RotatedCredential rotated)
    {
        if (rotated.PreviousClientId is { } previous && Is(application, previous))
            TryReplaceCredential(rotated.Credential);
    }

    /// <summary>
    /// The same where the application could not be read: it was this one if IAM refuses the old credentials now and accepts the new ones.
    /// </summary>
    public async Task ContinueIfOldIsRefusedAsync(
        RotatedCredential rotated, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        if (rotated.PreviousClientId is not null || tokens.Credential is not { } old)
            return;

        // The new credentials are kept, but not saved yet.
        using var limit = new CancellationTokenSource(LongestTest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (!await credentials.TestAsync(old, progress, either.Token).ConfigureAwait(false) &&
                await credentials.TestAsync(rotated.Credential, progress, either.Token).ConfigureAwait(false))
            {
                TryReplaceCredential(rotated.Credential);
            }
        }
        catch (Exception failure) when (failure is WinkException or OperationCanceledException)
        {
            // It cannot be told. A later request that needs a new token says what it lacks.
        }
    }

    private void TryReplaceCredential(ClientCredential credential)
    {
        try
        {
            tokens.ReplaceCredential(credential);
        }
        catch (OutOfMemoryException)
        {
            // The next token request says that the old credentials are refused.
        }
    }
}
