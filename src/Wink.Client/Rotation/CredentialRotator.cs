namespace Wink.Client;

/// <summary>
/// Rotates until the new credentials are received, or until it is known why there are none. The only repeat of a rotation is here:
/// <see cref="MayRepeat"/> lists its conditions.
/// </summary>
internal sealed class CredentialRotator(
    RotationSender request,
    OutcomeTable outcomes,
    ClientIdProbe probe,
    OwnApplication own,
    KnownApplications known,
    TimeProvider time)
{
    private const int MaxRepeats = 2;

    /// <summary>From the baseline to the read that shows the change: in a longer time, somebody else may have made it.</summary>
    private static readonly TimeSpan LongestUntilChange = TimeSpan.FromSeconds(10);

    /// <param name="job">The rotation.</param>
    /// <param name="cancellationToken">Cancels the rotation as long as nothing was sent.</param>
    public async Task<RotationResult> RotateAsync(RotationJob job, CancellationToken cancellationToken)
    {
        using var entered = job.Parameters.Entry is null ? known.TryEnter(job.Application) : null;
        if ((job.Parameters.Entry ?? entered) is null)
            return Failed(RotationOutcome.NotSent, AlreadyInProgress(job.Application));

        // Older than any other that is read from here on.
        known.Add(job.Application, job.Parameters.Reading?.ClientId);
        var result = await RotateUntilKnownAsync(job, cancellationToken).ConfigureAwait(false);
        return result is RotationResult.Failed { ClientId: { } clientId } failed
            ? failed with { IsClientIdReceived = known.WasReceived(job.Application, clientId) }
            : result;
    }

    private static WinkPreconditionException AlreadyInProgress(ApplicationReference application) =>
        new(RotationPrecondition.AlreadyInProgress, $"This process is already rotating application {application.ApplicationId}.");

    private async Task<RotationResult> RotateUntilKnownAsync(RotationJob job, CancellationToken cancellationToken)
    {
        var (application, parameters, progress) = job;
        RotationAttempt? first = null;
        RotationResult.Failed? lost = null;
        var now = job;
        for (var repeats = 0; ; repeats++)
        {
            var attempt = await request.SendAsync(now, first?.SentAt, cancellationToken).ConfigureAwait(false);
            first ??= attempt;
            if (attempt is RotationAttempt.Unclear unclear)
            {
                parameters.OnUnclear?.Invoke();
                foreach (var received in unclear.Received)
                    parameters.KeepDoubtful?.Invoke(received);
            }

            var result = await outcomes.FindAsync(attempt, job, cancellationToken).ConfigureAwait(false);
            if (result is RotationResult.Rotated { Credentials: var credentials })
            {
                known.AddRotated(application, credentials.Credential.ClientId, parameters.ClientIdInUse);
                return new RotationResult.Rotated(credentials with { PreviousClientId = first.Baseline?.ClientId });
            }

            if (lost is null && result is RotationResult.Cancelled)
                return result;

            // After a lost secret every later failure stays one: the old credentials are revoked, however the repeat failed.
            var failed = lost is null ? (RotationResult.Failed)result : StillLost(lost, attempt, result as RotationResult.Failed);
            // A repeat is repeated only for a change that its own reads show, and not for the one that it was made for.
            if (result is not RotationResult.Failed { Outcome: RotationOutcome.SecretLost } || repeats == MaxRepeats || MayNotSend() ||
                !MayRepeat(attempt, failed, job))
            {
                return End(failed);
            }

            // The second read: just before the repeat, and not a cache's copy of the first.
            var reading = await probe.ReadAsync(job, before: null, time.GetTimestamp(), cancellationToken).ConfigureAwait(false);
            if (reading?.Is(failed.ClientId) is not true)
                return End(WithSecondRead(failed, isStillLost: lost is not null, attempt.Baseline, reading));

            if (MayNotSend())
                return End(failed);

            // The repeat requires the client ID whose secret was lost. Where that has changed again, nothing is sent.
            now = job with { Parameters = parameters with { Reading = reading, ExpectedClientId = reading.ClientId } };
            lost = failed;
            var announced = new RepeatAnnounced(application, reading.ClientId);
            if (parameters.BeforeRepeat?.Invoke(announced) is not { } mayRepeat)
            {
                progress?.Report(announced);
                continue;
            }

            // Somebody else may rotate the application while a person thinks about it.
            if (!mayRepeat.IsCompleted)
                now = job with { Parameters = parameters with { Reading = null, ExpectedClientId = reading.ClientId } };

            if (!await mayRepeat.ConfigureAwait(false))
                return End(failed);
        }

        RotationResult.Failed End(RotationResult.Failed failed) => failed with { PreviousClientId = first?.Baseline?.ClientId };

        bool MayNotSend() => parameters.NoMoreSends.IsCancellationRequested || cancellationToken.IsCancellationRequested;
    }

    private RotationResult.Failed StillLost(RotationResult.Failed lost, RotationAttempt repeat, RotationResult.Failed? failed)
    {
        var (clientId, at) = failed is { ClientId: { } found } ? (found, failed.At)
            // What was read last: just before the repeat, or else before that.
            : repeat.Baseline is { } before ? (before.ClientId, before.ReadAtUtc(time))
            : (lost.ClientId, lost.At);
        return (failed ?? lost) with
        {
            Outcome = RotationOutcome.SecretLost,
            OfRepeat = failed?.Outcome,
            ClientId = clientId,
            At = at,
        };
    }

    /// <summary>The conditions of a repeat, but for the second read. It must not revoke credentials that somebody holds.</summary>
    private bool MayRepeat(RotationAttempt attempt, RotationResult.Failed failed, RotationJob job) =>
        attempt is RotationAttempt.Unclear { MayBeRepeated: true, Baseline: { } baseline } &&
        time.GetElapsedTime(baseline.ReadAt) <= LongestUntilChange &&
        failed.ClientId is { } changed && !known.WasReceived(job.Application, changed) &&
        job.Parameters is { ExpectedClientId: null, MayRead: true } &&
        !own.Is(job.Application, baseline.ClientId);

    /// <summary>The second read does not confirm the first one, so there is no repeat.</summary>
    private RotationResult.Failed WithSecondRead(
        RotationResult.Failed failed, bool isStillLost, ClientIdReading? baseline, ClientIdReading? reading) =>
        reading is null ? failed
        : failed with
        {
            // Two reads that contradict each other prove nothing.
            Outcome = !isStillLost && reading.Is(baseline?.ClientId) ? RotationOutcome.Unknown : RotationOutcome.SecretLost,
            ClientId = reading.ClientId,
            At = reading.ReadAtUtc(time),
        };

    private RotationResult.Failed Failed(RotationOutcome outcome, WinkException cause) =>
        new(outcome, cause) { At = time.GetUtcNow().UtcDateTime };
}
