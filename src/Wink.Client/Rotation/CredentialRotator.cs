namespace Wink.Client;

/// <summary>
/// Rotates until the new credentials are received, or until it is known why there are none. The outcomes and the conditions of a repeat are
/// those of the design, line by line.
/// </summary>
internal sealed class CredentialRotator(
    RotationRequest request,
    OutcomeFinder finder,
    ClientIdProbe probe,
    AccessTokenProvider tokens,
    KnownClientIds clientIds,
    RotationsInProgress inProgress,
    TimeProvider time)
{
    private const int MaxRepeats = 2;

    /// <summary>From the baseline to the read that shows the change: in a longer time, somebody else may have made it.</summary>
    private static readonly TimeSpan LongestUntilChange = TimeSpan.FromSeconds(10);

    /// <param name="application">The application.</param>
    /// <param name="parameters">What the caller knows of it and wants.</param>
    /// <param name="progress">Reports each request and delay, and a lost secret.</param>
    /// <param name="cancellationToken">Cancels the rotation as long as nothing was sent.</param>
    public async Task<RotationResult> RotateAsync(
        ApplicationReference application,
        RotationParameters parameters,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken)
    {
        using var entry = inProgress.TryEnter(application);
        if (entry is null)
            return Failed(RotationOutcome.NotSent, InProgress(application));

        RotationAttempt? first = null;
        RotationResult.Failed? lost = null;
        var reading = parameters.Reading;
        for (var repeats = 0; ; repeats++)
        {
            // A repeat is sent only to the credentials that were lost.
            var now = repeats == 0 ? parameters : parameters with { ExpectedClientId = reading?.ClientId };
            var attempt = await request.SendAsync(
                application, reading, first?.SentAt, now, progress, cancellationToken).ConfigureAwait(false);
            first ??= attempt;
            foreach (var received in (attempt as RotationAttempt.Unclear)?.Received ?? [])
                parameters.Keep?.Invoke(received);

            // The rows of the outcome table.
            RotationResult result = attempt switch
            {
                RotationAttempt.Rotated rotated => new RotationResult.Rotated(rotated.Credentials),
                RotationAttempt.Cancelled => new RotationResult.Cancelled(),
                RotationAttempt.NotSent notSent => Failed(RotationOutcome.NotSent, notSent.Cause),
                RotationAttempt.Rejected { IsByRate: true } rejected => Failed(RotationOutcome.Rejected, rejected.Cause),
                RotationAttempt.Rejected rejected =>
                    await finder.CheckRejectionAsync(rejected, application, progress, cancellationToken).ConfigureAwait(false),
                RotationAttempt.Unclear { Received.Count: > 0, IsOld: false } doubtful =>
                    await finder.SettleDoubtAsync(doubtful, application, parameters, progress, cancellationToken).ConfigureAwait(false),
                RotationAttempt.Unclear unclear =>
                    await finder.ResolveOutcomeAsync(unclear, application, parameters, progress, cancellationToken).ConfigureAwait(false),
                _ => throw new InvalidOperationException($"{attempt} is not an attempt's outcome."),
            };
            if (result is RotationResult.Rotated { Credentials: var credentials })
                return new RotationResult.Rotated(credentials with { PreviousClientId = first.Baseline?.ClientId });

            if (lost is null && result is RotationResult.Cancelled)
                return result;

            var failed = lost is null ? (RotationResult.Failed)result : StillLost(lost, attempt, result as RotationResult.Failed);
            if (failed.Outcome != RotationOutcome.SecretLost || repeats == MaxRepeats ||
                !MayRepeat(attempt, failed, application, parameters, cancellationToken))
            {
                return failed;
            }

            reading = await probe.ReadAsync(application, attempt.SentAt, progress, cancellationToken).ConfigureAwait(false);
            if (reading?.Is(failed.ClientId) is not true || cancellationToken.IsCancellationRequested)
                return WithSecondRead(failed, attempt, isLost: lost is not null, reading);

            lost = failed;
            var toRepeat = new SecretLost(application, reading.ClientId);
            if (parameters.BeforeRepeat is null)
                progress?.Report(toRepeat);
            else if (!await parameters.BeforeRepeat(toRepeat).ConfigureAwait(false))
                return failed;
        }
    }

    private static WinkPreconditionException InProgress(ApplicationReference application) =>
        new(RotationPrecondition.NotInProgress, $"This process is already rotating {application}.");

    /// <summary>
    /// After a lost secret every later failure stays one: the old credentials are revoked, however the repeat failed. A repeat that did not
    /// reach Wink, or that Wink refused, changed nothing since its own baseline.
    /// </summary>
    private static RotationResult.Failed StillLost(RotationResult.Failed lost, RotationAttempt repeat, RotationResult.Failed? failed)
    {
        var clientId = failed?.ClientId ?? (repeat is RotationAttempt.Unclear ? null : lost.ClientId);
        return (failed ?? lost) with { Outcome = RotationOutcome.SecretLost, ClientId = clientId };
    }

    /// <summary>The second read does not confirm the first one, so there is no repeat.</summary>
    private static RotationResult.Failed WithSecondRead(
        RotationResult.Failed failed, RotationAttempt attempt, bool isLost, ClientIdReading? reading) =>
        reading is null ? failed
        : !isLost && reading.Is(attempt.Baseline?.ClientId)
            ? failed with { Outcome = RotationOutcome.Unknown, ClientId = reading.ClientId }
        : failed with { ClientId = reading.ClientId };

    /// <summary>The conditions of a repeat, but for the second read. It must not revoke credentials that somebody holds.</summary>
    private bool MayRepeat(
        RotationAttempt attempt,
        RotationResult.Failed failed,
        ApplicationReference application,
        RotationParameters parameters,
        CancellationToken cancellationToken) =>
        attempt is RotationAttempt.Unclear { IsLost: true, Baseline: { } baseline } &&
        time.GetElapsedTime(baseline.ReadAt) <= LongestUntilChange &&
        failed.ClientId is { } changed && !clientIds.WasReceived(application, changed) &&
        parameters.ExpectedClientId is null &&
        !IsOwn(baseline) &&
        !parameters.NoMoreSends.IsCancellationRequested && !cancellationToken.IsCancellationRequested;

    private bool IsOwn(ClientIdReading baseline) => baseline.Is(tokens.ClientId);

    private RotationResult.Failed Failed(RotationOutcome outcome, WinkException cause) =>
        new(outcome, cause) { At = time.GetUtcNow().UtcDateTime };
}
