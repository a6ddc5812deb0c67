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
<<<<<<< HEAD
        RotationResult.Failed? lost = null;
        var reading = parameters.Reading;
=======
        var now = parameters;
>>>>>>> i14
        for (var repeats = 0; ; repeats++)
        {
            var attempt = await request.SendAsync(application, first?.SentAt, now, progress, cancellationToken).ConfigureAwait(false);
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
<<<<<<< HEAD
                    await finder.CheckRejectionAsync(rejected, application, progress, cancellationToken).ConfigureAwait(false),
=======
                    await CheckRejectionAsync(rejected, application, parameters, progress, cancellationToken).ConfigureAwait(false),
>>>>>>> i14
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

            var reading = await probe.ReadAsync(application, attempt.SentAt, progress, cancellationToken).ConfigureAwait(false);
            if (reading?.Is(failed.ClientId) is not true || cancellationToken.IsCancellationRequested)
<<<<<<< HEAD
                return WithSecondRead(failed, attempt, isLost: lost is not null, reading);

            lost = failed;
            var toRepeat = new SecretLost(application, reading.ClientId);
            if (parameters.BeforeRepeat is null)
                progress?.Report(toRepeat);
            else if (!await parameters.BeforeRepeat(toRepeat).ConfigureAwait(false))
=======
                return WithSecondRead(failed, repeats == 0 ? attempt.Baseline : null, reading);

            var lost = new SecretLost(application, reading.ClientId);
            // A repeat may revoke the lost credentials only.
            now = parameters with { Reading = reading, ExpectedClientId = reading.ClientId };
            if (parameters.BeforeRepeat?.Invoke(lost) is not { } mayRepeat)
            {
                progress?.Report(lost);
                continue;
            }

            // Somebody else may rotate the application while a person thinks about it.
            if (!mayRepeat.IsCompleted)
                now = now with { Reading = null };

            if (!await mayRepeat.ConfigureAwait(false))
>>>>>>> i14
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

<<<<<<< HEAD
    /// <summary>The second read does not confirm the first one, so there is no repeat.</summary>
    private static RotationResult.Failed WithSecondRead(
        RotationResult.Failed failed, RotationAttempt attempt, bool isLost, ClientIdReading? reading) =>
        reading is null ? failed
        : !isLost && reading.Is(attempt.Baseline?.ClientId)
            ? failed with { Outcome = RotationOutcome.Unknown, ClientId = reading.ClientId }
=======
    /// <summary>A repeat that did not reach Wink, or that Wink refused, changed nothing since its own baseline.</summary>
    private static string? ReadBefore(RotationAttempt repeat) =>
        repeat is RotationAttempt.NotSent or RotationAttempt.Rejected ? repeat.Baseline?.ClientId : null;

    /// <summary>The reads before a repeat contradict each other, so there is none.</summary>
    /// <param name="failed">What the first read showed.</param>
    /// <param name="baseline">The baseline of the first request; null after a repeat, as a lost secret stays lost.</param>
    /// <param name="reading">The second read.</param>
    private static RotationResult.Failed WithSecondRead(
        RotationResult.Failed failed, ClientIdReading? baseline, ClientIdReading? reading) =>
        reading is null ? failed
        : reading.Is(baseline?.ClientId) ? failed with { Outcome = RotationOutcome.Unknown, ClientId = reading.ClientId }
>>>>>>> i14
        : failed with { ClientId = reading.ClientId };

    /// <summary>The conditions of a repeat, but for the second read. It must not revoke credentials that somebody holds.</summary>
    private bool MayRepeat(
        RotationAttempt attempt,
        RotationResult.Failed failed,
        ApplicationReference application,
        RotationParameters parameters,
        CancellationToken cancellationToken) =>
        attempt is RotationAttempt.Unclear { MayBeRepeated: true, Baseline: { } baseline } &&
        time.GetElapsedTime(baseline.ReadAt) <= LongestUntilChange &&
        failed.ClientId is { } changed && !clientIds.WasReceived(application, changed) &&
        parameters.ExpectedClientId is null &&
        !IsOwn(baseline) &&
        !parameters.NoMoreSends.IsCancellationRequested && !cancellationToken.IsCancellationRequested;

    private bool IsOwn(ClientIdReading baseline) => baseline.Is(tokens.ClientId);

<<<<<<< HEAD
=======
    /// <summary>Wink refused it. Only a read tells whether anything changed all the same.</summary>
    private async Task<RotationResult> CheckRejectionAsync(
        RotationAttempt.Rejected rejected,
        ApplicationReference application,
        RotationParameters parameters,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken)
    {
        var now = rejected.Baseline is not null && parameters.MayRead
            ? await probe.ReadAsync(application, rejected.SentAt, progress, cancellationToken).ConfigureAwait(false)
            : null;
        var isChanged = now is not null && !now.Is(rejected.Baseline?.ClientId);
        return Failed(isChanged ? RotationOutcome.SecretLost : RotationOutcome.Rejected, rejected.Cause) with { ClientId = now?.ClientId };
    }

    /// <summary>
    /// Credentials were received, but there is a doubt. They are the application's if it has their client ID now and IAM does not refuse
    /// them.
    /// </summary>
    private async Task<RotationResult> SettleDoubtAsync(
        RotationAttempt.Unclear doubtful,
        RotationAttempt first,
        ApplicationReference application,
        RotationParameters parameters,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken)
    {
        var received = doubtful.Received.Select(credentials => credentials.Credential.ClientId).ToArray();
        var now = parameters.MayRead
            ? await probe.ReadAnyAsync(application, received, doubtful.SentAt, progress, cancellationToken).ConfigureAwait(false)
            : null;
        var candidates = doubtful.Received.Where(credentials => now?.Is(credentials.Credential.ClientId) is true).ToArray();
        foreach (var candidate in candidates)
        {
            // The client ID may be right and the secret wrong, which only IAM can tell. Where IAM does not, a sound response is believed.
            var isSound = candidates.Length == 1 && !candidate.IsDamaged && !candidate.IsAmbiguous;
            if (await IsAcceptedAsync(candidate.Credential, progress).ConfigureAwait(false) ?? isSound)
            {
                progress?.Report(new DoubtSettled(application, candidate.Doubt ?? "", candidate.ShownClientId));
                return Rotated(candidate, first);
            }
        }

        // Nothing is known of what became of the application's own credentials.
        return Failed(RotationOutcome.Unknown, doubtful.Cause) with { ClientId = now?.ClientId, Received = doubtful.Received[0] };
    }

    /// <summary>Whether IAM accepts the credentials, which it may know only after some seconds; null where it does not tell.</summary>
    private async Task<bool?> IsAcceptedAsync(ClientCredential credential, IProgress<WinkEvent>? progress)
    {
        using var limit = new CancellationTokenSource(2 * LongestTest, time);
        try
        {
            return await credentials.VerifyAsync(credential, LongestTest, progress, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is WinkException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>There is no usable response. The application's client ID tells whether its credentials changed, or else IAM.</summary>
    private async Task<RotationResult> ResolveOutcomeAsync(
        RotationAttempt.Unclear unclear,
        ApplicationReference application,
        RotationParameters parameters,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken)
    {
        // Without a baseline the client ID proves nothing, but it helps the person to find out.
        var before = unclear.Baseline;
        var now = !parameters.MayRead ? null
            : before is not null
                ? await probe.ReadChangeAsync(application, before, unclear.SentAt, progress, cancellationToken).ConfigureAwait(false)
                : await probe.ReadAsync(application, unclear.SentAt, progress, cancellationToken).ConfigureAwait(false);
        bool? isChanged = before is null ? null
            : now is not null ? !now.Is(before.ClientId)
            : IsOwn(before) && tokens.Credential is { } own ? !await IsAcceptedAsync(own, progress).ConfigureAwait(false)
            : null;
        var outcome = isChanged switch
        {
            false => RotationOutcome.NotConfirmed,
            true => RotationOutcome.SecretLost,
            null => RotationOutcome.Unknown,
        };
        return Failed(outcome, unclear.Cause) with
        {
            ClientId = now?.ClientId,
            Received = unclear.Received.Count > 0 ? unclear.Received[0] : null,
        };
    }

>>>>>>> i14
    private RotationResult.Failed Failed(RotationOutcome outcome, WinkException cause) =>
        new(outcome, cause) { At = time.GetUtcNow().UtcDateTime };
}
