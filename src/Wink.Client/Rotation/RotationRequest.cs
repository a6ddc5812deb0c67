namespace Wink.Client;

/// <summary>One rotation, sent at most once. It is a GET, but it destroys: only an answer that proves that Wink did not act lets it be sent again.</summary>
internal sealed class RotationRequest(ApiClient api)
{
    /// <returns>The new pair.</returns>
    /// <exception cref="RotationOutcomeException">There is no pair; the outcome is Unknown when it was sent and no answer says what became of it.</exception>
    /// <exception cref="OperationCanceledException">It was given up while nothing was under way.</exception>
    public async Task<RotatedCredential> SendAsync(
        ApplicationReference application, IProgress<WinkEvent>? log, CancellationToken cancellationToken)
    {
        var withoutToken = RotationOutcome.NotSent;
        try
        {
            using var answer = await api.AuthorizedAsync(SendOnceAsync, log, cancellationToken).ConfigureAwait(false);
            return Received(answer) ?? throw new RotationOutcomeException(OutcomeOf(answer), application, answer.Failure());
        }
        catch (WinkException noToken) when (noToken is not RotationOutcomeException)
        {
            throw new RotationOutcomeException(withoutToken, application, noToken);
        }

        async Task<WireAnswer> SendOnceAsync(AccessToken token)
        {
            var ticket = new SendTicket();
            try
            {
                var answer = await api.SendOnceAsync(ApiPath.Rotation(application), token, ticket, log, cancellationToken).ConfigureAwait(false);
                withoutToken = OutcomeOf(answer);
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
