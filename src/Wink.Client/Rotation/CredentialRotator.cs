namespace Wink.Client;

/// <summary>
/// Rotates until the new credentials are received, or until it is known why there are none. It repeats the request only when it is proven
/// that no usable credentials can be revoked by it.
/// </summary>
internal sealed class CredentialRotator(
    RotationRequest request, ClientIdProbe probe, CredentialTest credentials, KnownClientIds clientIds, TimeProvider time)
{
    private const int MaxRepeats = 2;

    private static readonly TimeSpan LongestTest = TimeSpan.FromSeconds(5);

    /// <param name="application">The application.</param>
    /// <param name="clientId">Its client ID before the rotation, or null where it is not known.</param>
    /// <param name="progress">Reports each request and delay, and a lost secret.</param>
    /// <param name="keep">Is given credentials that were received but are in doubt, before anything else is done.</param>
    /// <param name="cancellationToken">Cancels the rotation as long as nothing was sent.</param>
    public async Task<RotationResult> RotateAsync(
        ApplicationReference application,
        string? clientId,
        IProgress<WinkEvent>? progress,
        Action<RotatedCredential>? keep,
        CancellationToken cancellationToken)
    {
        clientIds.Add(application, clientId);
        var since = time.GetTimestamp();
        RotationResult.Failed? lost = null;
        for (var repeats = 0; ; repeats++)
        {
            var attempt = await request.SendAsync(application, since, progress, cancellationToken).ConfigureAwait(false);
            foreach (var received in (attempt as RotationAttempt.Unclear)?.Received ?? [])
                keep?.Invoke(received);

            RotationResult result = attempt switch
            {
                RotationAttempt.Rotated rotated => new RotationResult.Rotated(rotated.Credentials),
                RotationAttempt.Cancelled => lost ?? (RotationResult)new RotationResult.Cancelled(),
                RotationAttempt.NotSent notSent => Failed(RotationOutcome.NotSent, notSent.Cause),
                RotationAttempt.Rejected rejected => Failed(RotationOutcome.Rejected, rejected.Cause),
                RotationAttempt.Unclear { Received.Count: > 0, IsOld: false } doubtful =>
                    await SettleDoubtAsync(doubtful, application, progress, cancellationToken).ConfigureAwait(false),
                RotationAttempt.Unclear unclear =>
                    await ResolveOutcomeAsync(
                        unclear, application, lost?.ClientId ?? clientId, progress, cancellationToken).ConfigureAwait(false),
                _ => throw new InvalidOperationException($"{attempt} is not an attempt's outcome."),
            };
            if (result is not RotationResult.Failed failed)
                return result;

            if (failed.Outcome != RotationOutcome.SecretLost)
                return failed.After(lost);

            // Credentials that are not this application's mean that a server mixes up responses: the rotation is not repeated.
            if (repeats == MaxRepeats || failed.Received is not null || cancellationToken.IsCancellationRequested)
                return failed;

            lost = failed;
            progress?.Report(new SecretLost(application, failed.ClientId!));
        }
    }

    /// <summary>
    /// Credentials were received, but there is a doubt. They are the application's if it has their client ID now and IAM does not refuse
    /// them.
    /// </summary>
    private async Task<RotationResult> SettleDoubtAsync(
        RotationAttempt.Unclear doubtful,
        ApplicationReference application,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken)
    {
        var clientIds = doubtful.Received.Select(received => received.Credential.ClientId).ToArray();
        var now = await probe.ReadAnyAsync(application, clientIds, progress, cancellationToken).ConfigureAwait(false);
        var candidates = doubtful.Received.Where(received => received.Credential.ClientId == now).ToArray();
        foreach (var candidate in candidates)
        {
            // The client ID may be right and the secret wrong, which only IAM can tell. Where IAM does not, a sound response is believed.
            var isSound = candidates.Length == 1 && !candidate.IsDamaged && !candidate.IsAmbiguous;
            if (await IsAcceptedAsync(candidate, progress).ConfigureAwait(false) ?? isSound)
            {
                progress?.Report(new DoubtSettled(application, candidate.Doubt ?? "", candidate.ShownClientId));
                return new RotationResult.Rotated(candidate);
            }
        }

        // Nothing is known of what became of the application's own credentials.
        return Failed(RotationOutcome.Unknown, doubtful.Cause) with { Received = doubtful.Received[0] };
    }

    /// <summary>Whether IAM accepts the credentials, which it may know only after some seconds; null where it does not tell.</summary>
    private async Task<bool?> IsAcceptedAsync(RotatedCredential candidate, IProgress<WinkEvent>? progress)
    {
        using var limit = new CancellationTokenSource(2 * LongestTest, time);
        try
        {
            return await credentials.VerifyAsync(candidate.Credential, LongestTest, progress, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is WinkException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>There is no usable response. The application's client ID tells whether its credentials changed.</summary>
    private async Task<RotationResult> ResolveOutcomeAsync(
        RotationAttempt.Unclear unclear,
        ApplicationReference application,
        string? before,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken)
    {
        var now = await probe.ReadAsync(application, before, progress, cancellationToken).ConfigureAwait(false);
        var outcome = (before, now) switch
        {
            (null, _) or (_, null) => RotationOutcome.Unknown,
            _ when before == now => RotationOutcome.NotConfirmed,
            _ => RotationOutcome.SecretLost,
        };
        return Failed(outcome, unclear.Cause) with { ClientId = now, Received = unclear.Received.Count > 0 ? unclear.Received[0] : null };
    }

    private RotationResult.Failed Failed(RotationOutcome outcome, WinkException cause) =>
        new(outcome, cause) { At = time.GetUtcNow().UtcDateTime };
}
