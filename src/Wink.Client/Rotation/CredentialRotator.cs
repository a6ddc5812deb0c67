using System.Net;

namespace Wink.Client;

/// <summary>Sends one rotation at most once and tells how it ended. A rotation is a GET, but it destroys: it is never repeated on a guess.</summary>
internal sealed class CredentialRotator(ApiClient api)
{
    /// <inheritdoc cref="WinkClient.RotateCredentialsAsync"/>
    public async Task<RotatedCredential> RotateAsync(
        ApplicationReference application, IProgress<Exchange>? log, CancellationToken cancellationToken)
    {
        var withoutToken = RotationOutcome.NotSent;
        try
        {
            using var answer = await api.AuthorizedAsync(SendAtMostOnceAsync, log, cancellationToken).ConfigureAwait(false);
            return Received(answer) ?? throw new RotationOutcomeException(OutcomeOf(answer), application, answer.Failure());
        }
        catch (WinkException noToken) when (noToken is not RotationOutcomeException)
        {
            throw new RotationOutcomeException(withoutToken, application, noToken);
        }

        async Task<WireAnswer> SendAtMostOnceAsync(AccessToken token)
        {
            var ticket = new SendTicket();
            try
            {
                var answer = await api.SendOnceAsync(ApiClient.RotationPath, application, token, ticket, log, cancellationToken).ConfigureAwait(false);
                if (answer.Status == HttpStatusCode.Unauthorized)
                    withoutToken = RotationOutcome.Rejected;

                return answer;
            }
            catch (WinkTransportException cause)
            {
                var outcome = ticket.TryVoid() ? RotationOutcome.NotSent : RotationOutcome.Unknown;
                throw new RotationOutcomeException(outcome, application, cause);
            }
        }
    }

    private static RotatedCredential? Received(WireAnswer answer) => answer.IsSuccess ? RotationAnswer.Read(answer.Body) : null;

    private static RotationOutcome OutcomeOf(WireAnswer answer) =>
        (int)answer.Status is >= 400 and < 500 ? RotationOutcome.Rejected : RotationOutcome.Unknown;
}
