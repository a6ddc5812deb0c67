namespace Wink.Client;

/// <summary>Rotates until there is a pair in hand or the truth is known. It sends again on proof, never on a guess.</summary>
internal sealed class CredentialRotator(RotationRequest request, ClientIdWatch watch)
{
    private const int MostRepeats = 2;

    /// <inheritdoc cref="WinkClient.RotateCredentialsAsync"/>
    public async Task<RotatedCredential> RotateAsync(
        ApplicationReference application, string? clientId, IProgress<WinkEvent>? log, CancellationToken cancellationToken)
    {
        RotationOutcomeException? lost = null;
        for (var repeats = 0; ; repeats++)
        {
            RotationOutcomeException failure;
            try
            {
                return await request.SendAsync(application, log, cancellationToken).ConfigureAwait(false);
            }
            catch (RotationOutcomeException unclear) when (unclear.Outcome == RotationOutcome.Unknown)
            {
                failure = await FindOutAsync(unclear, lost?.ClientId ?? clientId, log, cancellationToken).ConfigureAwait(false);
            }
            catch (RotationOutcomeException clear)
            {
                failure = clear;
            }
            catch (OperationCanceledException) when (lost is not null)
            {
                throw lost;
            }

            if (failure.Outcome != RotationOutcome.SecretLost)
                throw lost is null ? failure : StillLost(lost, failure);

            lost = failure;
            if (repeats == MostRepeats)
                throw lost;

            log?.Report(new SecretLost(application, lost.ClientId!));
        }
    }

    private async Task<RotationOutcomeException> FindOutAsync(
        RotationOutcomeException unclear, string? before, IProgress<WinkEvent>? log, CancellationToken cancellationToken)
    {
        var now = await watch.ReadAsync(unclear.Application, before, log, cancellationToken).ConfigureAwait(false);
        var outcome = (before, now) switch
        {
            (null, _) or (_, null) => RotationOutcome.Unknown,
            _ when before == now => RotationOutcome.NotConfirmed,
            _ => RotationOutcome.SecretLost,
        };
        return new RotationOutcomeException(outcome, unclear.Application, unclear.Cause, now);
    }

    /// <summary>However a repeat failed: the first request took effect, so the pair that was in force before it is dead.</summary>
    private static RotationOutcomeException StillLost(RotationOutcomeException lost, RotationOutcomeException repeat) =>
        new(RotationOutcome.SecretLost, lost.Application, repeat.Cause, repeat.ClientId ?? lost.ClientId);
}
