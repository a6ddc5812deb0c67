using System.Diagnostics;

namespace Wink.Client;

/// <summary>Rotates until there are credentials in hand or the truth is known. It sends again on proof, never on a guess.</summary>
internal sealed class CredentialRotator(RotationRequest request, ClientIdProbe probe, CredentialTest credentials, KnownClientIds clientIds)
{
    private const int MostRepeats = 2;

    private static readonly TimeSpan LongestTest = TimeSpan.FromSeconds(10);

    /// <inheritdoc cref="WinkClient.RotateCredentialsAsync"/>
    public async Task<RotatedCredential> RotateAsync(
        ApplicationReference application, string? clientId, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        clientIds.Add(application, clientId);
        var since = Stopwatch.GetTimestamp();
        RotationOutcomeException? lost = null;
        for (var repeats = 0; ; repeats++)
        {
            RotationAttempt attempt;
            try
            {
                attempt = await request.SendAsync(application, since, progress, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (lost is not null)
            {
                throw lost;
            }

            if (attempt.Failure is null && await FindOursAsync(attempt, application, progress, cancellationToken).ConfigureAwait(false) is { } ours)
                return ours;

            var failure = await FailureAsync(attempt, application, lost?.ClientId ?? clientId, progress, cancellationToken).ConfigureAwait(false);
            if (failure.Outcome != RotationOutcome.SecretLost)
                throw lost is null ? failure : StillLost(lost, failure);

            lost = failure;
            // Credentials that came but are not this application's tell of a server that mixes up responses: it is not asked again.
            if (repeats == MostRepeats || failure.Received is not null || cancellationToken.IsCancellationRequested)
                throw lost;

            progress?.Report(new SecretLost(application, lost.ClientId!));
        }
    }

    /// <summary>The credentials that came, if nothing speaks against them, or if the application proves to have their client ID.</summary>
    private async Task<RotatedCredential?> FindOursAsync(
        RotationAttempt attempt, ApplicationReference application, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        if (attempt.Received is not { Doubt: { } doubt } best)
            return attempt.Received;

        RotatedCredential[] candidates = [best, .. attempt.Rivals];
        var now = await probe.ReadAnyAsync(application, [.. candidates.Select(one => one.Credential.ClientId)], progress, cancellationToken).ConfigureAwait(false);
        var ours = candidates.FirstOrDefault(one => one.Credential.ClientId == now);
        if (ours is null || (ours.IsDamaged && !await IsAcceptedAsync(ours, progress).ConfigureAwait(false)))
            return null;

        progress?.Report(new DoubtSettled(application, doubt, ours.ShownClientId));
        return ours;
    }

    /// <summary>Of damaged credentials the client ID may be right and the secret wrong, which IAM alone can tell.</summary>
    private async Task<bool> IsAcceptedAsync(RotatedCredential damaged, IProgress<WinkEvent>? progress)
    {
        using var limit = new CancellationTokenSource(LongestTest);
        try
        {
            return await credentials.TestAsync(damaged.Credential, progress, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is WinkException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<RotationOutcomeException> FailureAsync(
        RotationAttempt attempt, ApplicationReference application, string? before, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        if (attempt.Failure is { } known and not RotationOutcome.Unknown)
            return new RotationOutcomeException(known, application, attempt.Cause);

        // Doubtful credentials proved not to be this application's, so nothing is known of what became of its own.
        if (attempt.Failure is null)
            return new RotationOutcomeException(RotationOutcome.Unknown, application, attempt.Cause, received: attempt.Received);

        var now = await probe.ReadAsync(application, before, progress, cancellationToken).ConfigureAwait(false);
        var outcome = (before, now) switch
        {
            (null, _) or (_, null) => RotationOutcome.Unknown,
            _ when before == now => RotationOutcome.NotConfirmed,
            _ => RotationOutcome.SecretLost,
        };
        return new RotationOutcomeException(outcome, application, attempt.Cause, now, attempt.Received);
    }

    /// <summary>However a repeat failed: the first request took effect, so the credentials that were valid before it are revoked.</summary>
    private static RotationOutcomeException StillLost(RotationOutcomeException lost, RotationOutcomeException repeat) =>
        new(RotationOutcome.SecretLost, lost.Application, repeat.Cause, repeat.ClientId ?? lost.ClientId, repeat.Received);
}
