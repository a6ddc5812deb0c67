using System.Diagnostics;

namespace Wink.Client;

/// <summary>Rotates until there are credentials in hand or the truth is known. It sends again on proof, never on a guess.</summary>
internal sealed class CredentialRotator(RotationRequest request, ClientIdWatch watch, KnownClientIds clientIds)
{
    private const int MostRepeats = 2;

    /// <inheritdoc cref="WinkClient.RotateCredentialsAsync"/>
    public async Task<RotatedCredential> RotateAsync(
        ApplicationReference application, string? clientId, IProgress<WinkEvent>? log, CancellationToken cancellationToken)
    {
        clientIds.Add(application, clientId);
        var since = Stopwatch.GetTimestamp();
        RotationOutcomeException? lost = null;
        for (var repeats = 0; ; repeats++)
        {
            RotationAttempt attempt;
            try
            {
                attempt = await request.SendAsync(application, since, log, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (lost is not null)
            {
                throw lost;
            }

            if (attempt is { Failure: null, Received: { } received } && await IsOursAsync(received, application, log, cancellationToken).ConfigureAwait(false))
                return received;

            var failure = await FailureAsync(attempt, application, lost?.ClientId ?? clientId, log, cancellationToken).ConfigureAwait(false);
            if (failure.Outcome != RotationOutcome.SecretLost)
                throw lost is null ? failure : StillLost(lost, failure);

            lost = failure;
            // Credentials that came but are not this application's tell of a server that mixes up responses: it is not asked again.
            if (repeats == MostRepeats || failure.Received is not null)
                throw lost;

            log?.Report(new SecretLost(application, lost.ClientId!));
        }
    }

    private async Task<bool> IsOursAsync(
        RotatedCredential received, ApplicationReference application, IProgress<WinkEvent>? log, CancellationToken cancellationToken)
    {
        if (received.Doubt is not { } doubt)
            return true;

        var clientId = received.Credential.ClientId;
        if (!await watch.IsNowAsync(application, clientId, log, cancellationToken).ConfigureAwait(false))
            return false;

        log?.Report(new DoubtSettled(application, doubt, clientId));
        return true;
    }

    private async Task<RotationOutcomeException> FailureAsync(
        RotationAttempt attempt, ApplicationReference application, string? before, IProgress<WinkEvent>? log, CancellationToken cancellationToken)
    {
        if (attempt.Failure is { } known and not RotationOutcome.Unknown)
            return new RotationOutcomeException(known, application, attempt.Cause);

        // Doubtful credentials proved not to be this application's, so nothing is known of what became of its own.
        if (attempt.Failure is null)
            return new RotationOutcomeException(RotationOutcome.Unknown, application, attempt.Cause) { Received = attempt.Received };

        var now = await watch.ReadAsync(application, before, log, cancellationToken).ConfigureAwait(false);
        var outcome = (before, now) switch
        {
            (null, _) or (_, null) => RotationOutcome.Unknown,
            _ when before == now => RotationOutcome.NotConfirmed,
            _ => RotationOutcome.SecretLost,
        };
        return new RotationOutcomeException(outcome, application, attempt.Cause, now) { Received = attempt.Received };
    }

    /// <summary>However a repeat failed: the first request took effect, so the credentials that were valid before it are revoked.</summary>
    private static RotationOutcomeException StillLost(RotationOutcomeException lost, RotationOutcomeException repeat) =>
        new(RotationOutcome.SecretLost, lost.Application, repeat.Cause, repeat.ClientId ?? lost.ClientId) { Received = repeat.Received };
}
