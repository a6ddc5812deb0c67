namespace Wink.Client;

/// <summary>
/// The outcome of a rotation, by what came back for its request. Where that does not tell it, the application is read, or IAM is asked.
/// </summary>
internal sealed class OutcomeTable(ClientIdProbe probe, CredentialTest credentials, AccessTokenProvider tokens, TimeProvider time)
{
    private static readonly TimeSpan LongestTest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestLastTest = TimeSpan.FromSeconds(3);

    /// <summary>The table, row by row.</summary>
    public async Task<RotationResult> FindAsync(RotationAttempt attempt, RotationJob job, CancellationToken cancellationToken) =>
        attempt switch
        {
            RotationAttempt.Rotated rotated => new RotationResult.Rotated(rotated.Credentials),
            RotationAttempt.Cancelled => new RotationResult.Cancelled(),
            RotationAttempt.NotSent notSent => Failed(RotationOutcome.NotSent, notSent.Cause),
            // Wink did not act, so nothing is read.
            RotationAttempt.Rejected { IsByRate: true, ReadAgain: null } rejected => Failed(RotationOutcome.Rejected, rejected.Cause),
            RotationAttempt.Rejected rejected => await CheckRejectionAsync(rejected, job, cancellationToken).ConfigureAwait(false),
            RotationAttempt.Unclear { Received.Count: > 0, IsOld: false } doubtful =>
                await SettleDoubtAsync(doubtful, job, cancellationToken).ConfigureAwait(false),
            RotationAttempt.Unclear unclear => await ResolveAsync(unclear, job, cancellationToken).ConfigureAwait(false),
            _ => throw new InvalidOperationException($"{attempt} is not the result of a request."),
        };

    /// <summary>Wink refused it. Only a read tells whether anything changed all the same.</summary>
    private async Task<RotationResult> CheckRejectionAsync(
        RotationAttempt.Rejected rejected, RotationJob job, CancellationToken cancellationToken)
    {
        var now = rejected.ReadAgain is { } read ? read
            : rejected.Baseline is not null && job.Parameters.MayRead
            ? await probe.ReadAsync(job, rejected.Baseline, rejected.SentAt, cancellationToken).ConfigureAwait(false)
            : null;
        var isChanged = now is not null && !now.Is(rejected.Baseline?.ClientId);
        return Failed(isChanged ? RotationOutcome.SecretLost : RotationOutcome.Rejected, rejected.Cause, now);
    }

    /// <summary>
    /// Credentials were received, but there is a doubt. They are the application's if it has their client ID now and IAM does not refuse
    /// them.
    /// </summary>
    private async Task<RotationResult> SettleDoubtAsync(
        RotationAttempt.Unclear doubtful, RotationJob job, CancellationToken cancellationToken)
    {
        var received = doubtful.Received.Select(credentials => credentials.Credential.ClientId).ToArray();
        var now = job.Parameters.MayRead
            ? await probe.ReadAnyAsync(job, received, doubtful.Baseline, doubtful.SentAt, cancellationToken).ConfigureAwait(false)
            : null;
        var unsettled = Failed(RotationOutcome.Unknown, doubtful.Cause, now) with { Received = doubtful.Received[0] };
        // Where the application cannot be read, IAM tells at least whether the old credentials were revoked.
        if (now is null && doubtful.Baseline is { } before && CredentialOf(before, job) is { } old)
        {
            return unsettled with
            {
                Outcome = await IsAcceptedAsync(old, areNew: false, job, cancellationToken).ConfigureAwait(false) switch
                {
                    true => RotationOutcome.NotConfirmed,
                    false => RotationOutcome.SecretLost,
                    null => RotationOutcome.Unknown,
                },
            };
        }

        var candidates = doubtful.Received.Where(credentials => now?.Is(credentials.Credential.ClientId) is true).ToArray();
        foreach (var candidate in candidates)
        {
            // The client ID may be right and the secret wrong, which only IAM can tell. Where IAM does not, a sound response is believed.
            var isSound = candidates.Length == 1 && !candidate.IsDamaged && !candidate.IsAmbiguous;
            if (await IsAcceptedAsync(candidate.Credential, areNew: true, job, cancellationToken).ConfigureAwait(false) ?? isSound)
            {
                job.Progress?.Report(new DoubtSettled(job.Application, candidate.Doubt ?? "", candidate.ShownClientId));
                return new RotationResult.Rotated(candidate);
            }
        }

        return unsettled;
    }

    /// <summary>There is no usable response. The application's client ID tells whether its credentials changed, or else IAM.</summary>
    private async Task<RotationResult> ResolveAsync(
        RotationAttempt.Unclear unclear, RotationJob job, CancellationToken cancellationToken)
    {
        // Without a baseline the client ID proves nothing, but it helps the person to find out.
        var before = unclear.Baseline;
        var now = !job.Parameters.MayRead ? null
            : before is not null
                ? await probe.ReadChangeAsync(job, before, unclear.SentAt, cancellationToken).ConfigureAwait(false)
                : await probe.ReadAsync(job, before: null, unclear.SentAt, cancellationToken).ConfigureAwait(false);
        var askedAt = time.GetUtcNow().UtcDateTime;
        bool? isChanged = before is null ? null
            : now is not null ? !now.Is(before.ClientId)
            : CredentialOf(before, job) is { } old
                ? !await IsAcceptedAsync(old, areNew: false, job, cancellationToken).ConfigureAwait(false)
            : null;
        var outcome = isChanged switch
        {
            false => RotationOutcome.NotConfirmed,
            true => RotationOutcome.SecretLost,
            null => RotationOutcome.Unknown,
        };
        var failed = Failed(outcome, unclear.Cause, now) with { Received = unclear.Received.Count > 0 ? unclear.Received[0] : null };
        // What IAM says was so when it was asked.
        return now is null && isChanged is false ? failed with { At = askedAt } : failed;
    }

    /// <summary>
    /// Whether IAM accepts the credentials; null where it does not tell. It may know new ones only after some seconds. After a cancellation
    /// it is still asked, since it tells the outcome, but not for long.
    /// </summary>
    private async Task<bool?> IsAcceptedAsync(
        ClientCredential credential, bool areNew, RotationJob job, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(2 * LongestTest, time);
        using var cancel = cancellationToken.Register(() => limit.CancelAfter(LongestLastTest));
        try
        {
            return await credentials.TestUntilAsync(
                credential,
                isAccepted => isAccepted || !areNew,
                LongestTest,
                cancellationToken,
                job.Progress,
                limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is WinkException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The credentials with this client ID, where they are at hand; null otherwise.</summary>
    private ClientCredential? CredentialOf(ClientIdReading reading, RotationJob job) =>
        job.Parameters.CurrentCredential is { } current && reading.Is(current.ClientId) ? current
        : tokens.Credential is { } own && reading.Is(own.ClientId) ? own
        : null;

    private RotationResult.Failed Failed(RotationOutcome outcome, WinkException cause, ClientIdReading? reading = null) =>
        new(outcome, cause) { ClientId = reading?.ClientId, At = reading?.ReadAtUtc(time) ?? time.GetUtcNow().UtcDateTime };
}
