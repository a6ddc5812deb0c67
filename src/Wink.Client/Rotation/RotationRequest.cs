using System.Diagnostics;

namespace Wink.Client;

/// <summary>One rotation, sent at most once. It is a GET, but it destroys: only a response that proves that Wink did not act lets it be sent again.</summary>
internal sealed class RotationRequest(ApiClient api, KnownClientIds clientIds, ServerText text)
{
    /// <param name="application">Which application.</param>
    /// <param name="since">When the rotation began, as a timestamp of <see cref="Stopwatch"/>: what was known before cannot be its result.</param>
    /// <param name="log">Is told of each exchange and wait.</param>
    /// <param name="cancellationToken">Cancels it as long as nothing was sent.</param>
    /// <exception cref="OperationCanceledException">It was cancelled while nothing was under way.</exception>
    public async Task<RotationAttempt> SendAsync(
        ApplicationReference application, long since, IProgress<WinkEvent>? log, CancellationToken cancellationToken)
    {
        RotationAttempt? last = null;
        try
        {
            return await api.AuthorizedAsync(
                async token => last = await SendOnceAsync(application, since, token, log, cancellationToken).ConfigureAwait(false),
                log,
                cancellationToken).ConfigureAwait(false);
        }
        catch (WinkException noToken)
        {
            return (last ?? new RotationAttempt { Failure = RotationOutcome.NotSent }) with { Cause = noToken };
        }
        catch (OperationCanceledException) when (last is not null)
        {
            // It is not sent again. What Wink said to the first request stands.
            return last;
        }
    }

    private async Task<RotationAttempt> SendOnceAsync(
        ApplicationReference application, long since, AccessToken token, IProgress<WinkEvent>? log, CancellationToken cancellationToken)
    {
        using var ticket = new SendTicket();
        var sentAt = Stopwatch.GetTimestamp();
        try
        {
            using var answer = await api.RotateOnceAsync(application, token, ticket, log, cancellationToken).ConfigureAwait(false);
            // Whatever its status: the secret is shown only once. Where the body says nothing, the bytes may.
            var received = ticket.Response.Better(RotationResponse.Find(answer.Body, application, IsOld), application, IsOld);
            return received is null
                ? new RotationAttempt
                {
                    Failure = (int)answer.Status is >= 400 and < 500 ? RotationOutcome.Rejected : RotationOutcome.Unknown,
                    Cause = answer.Failure(text),
                    IsTokenRefused = answer.IsTokenRefused,
                    RetryAfter = answer.RetryAfter,
                }
                : Received(received, application, since, sentAt, answer.HasAge, answer.Failure);
        }
        catch (WinkTransportException cause)
        {
            return ticket.Response.Better(null, application, IsOld) is { } received
                ? Received(received, application, since, sentAt, hasAge: false, _ => cause)
                : new RotationAttempt { Failure = ticket.TryVoid() ? RotationOutcome.NotSent : RotationOutcome.Unknown, Cause = cause };
        }

        bool IsOld(string clientId) => clientIds.Knew(application, clientId, since);
    }

    private RotationAttempt Received(
        RotatedCredential received, ApplicationReference application, long since, long sentAt, bool hasAge, Func<string, WinkException> cause)
    {
        text.Secrets.Add(received.Credential);
        // Whatever a server puts into them, neither of the two may show a secret.
        var clientId = text.Secrets.RemoveFrom(received.Credential.ClientId);
        var named = string.IsNullOrWhiteSpace(received.AnsweredApplicationId) ? null : text.Clean(received.AnsweredApplicationId);
        // A rotation makes a new client ID. One that came up since this rotation began may be that of its first request, whose response was lost.
        var isOld = clientIds.Knew(application, clientId, since);
        var isKnown = clientIds.Knew(application, clientId, sentAt);
        clientIds.Add(application, clientId);

        var doubt = isKnown ? $"its client ID {text.Clean(clientId)} was known before, as from a cache"
            : hasAge ? "it came through a cache"
            : named is null ? "it named no application"
            : !application.Has(named) ? $"it named another application ({TerminalText.OneLine(named)})"
            : null;
        return new RotationAttempt
        {
            Failure = isOld ? RotationOutcome.Unknown : null,
            Cause = doubt is null ? null : cause(doubt),
            Received = received with { Credential = new ClientCredential(clientId, received.Credential.Secret), AnsweredApplicationId = named, Doubt = doubt },
        };
    }
}
