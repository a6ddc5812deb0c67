using System.Diagnostics;

namespace Wink.Client;

/// <summary>One rotation, sent at most once. It is a GET, but it destroys: only a response that proves that Wink did not act lets it be sent again.</summary>
internal sealed class RotationRequest(ApiClient api, KnownClientIds clientIds, ServerText text)
{
    /// <param name="application">Which application.</param>
    /// <param name="since">When the rotation began, as a timestamp of <see cref="Stopwatch"/>: what was known before cannot be its result.</param>
    /// <param name="progress">Is told of each exchange and wait.</param>
    /// <param name="cancellationToken">Cancels it as long as nothing was sent.</param>
    /// <exception cref="OperationCanceledException">It was cancelled while nothing was under way.</exception>
    public async Task<RotationAttempt> SendAsync(
        ApplicationReference application, long since, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        RotationAttempt? last = null;
        try
        {
            return await api.AuthorizedAsync(
                async token => last = await SendOnceAsync(application, since, token, progress, cancellationToken).ConfigureAwait(false),
                progress,
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
        ApplicationReference application, long since, AccessToken token, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        using var ticket = new SendTicket();
        var sentAt = Stopwatch.GetTimestamp();
        try
        {
            using var response = await api.RotateOnceAsync(application, token, ticket, progress, cancellationToken).ConfigureAwait(false);
            // Whatever its status: the secret is shown only once. Where the body says nothing, the bytes may.
            var inBody = RotationResponse.Find(response.Body, application, IsOld).Select(found => found with { IsDamaged = response.IsDamaged });
            var received = ticket.Response.Better([.. inBody], application, IsOld);
            return received.Count == 0
                ? new RotationAttempt
                {
                    Failure = (int)response.Status is >= 400 and < 500 ? RotationOutcome.Rejected : RotationOutcome.Unknown,
                    Cause = response.Failure(text),
                    IsTokenRefused = response.IsTokenRefused,
                    RetryAfter = response.RetryAfter,
                }
                : Received(received, application, since, sentAt, DoubtOf(response), response.Failure);
        }
        catch (WinkTransportException cause)
        {
            return ticket.Response.Better([], application, IsOld) is { Count: > 0 } received
                ? Received(received, application, since, sentAt, doubt: null, _ => cause)
                : new RotationAttempt { Failure = ticket.TryInvalidate() ? RotationOutcome.NotSent : RotationOutcome.Unknown, Cause = cause };
        }

        bool IsOld(string clientId) => clientIds.Knew(application, clientId, since);
    }

    private static string? DoubtOf(ApiResponse response) => response.HasAge ? "it came through a cache"
        : !response.IsSuccess ? $"it came with status {(int)response.Status}"
        : null;

    private RotationAttempt Received(
        IReadOnlyList<RotatedCredential> received, ApplicationReference application, long since, long sentAt, string? doubt, Func<string, WinkException> cause)
    {
        foreach (var one in received)
            text.Secrets.Add(one.Credential);

        // A rotation makes a new client ID. One that came up since this rotation began may be that of its first request, whose response was lost.
        var best = received[0];
        var clientId = best.Credential.ClientId;
        var isOld = clientIds.Knew(application, clientId, since);
        var isKnown = clientIds.Knew(application, clientId, sentAt);
        foreach (var one in received)
            clientIds.Add(application, one.Credential.ClientId);

        var rivals = received.Skip(1).Where(one => one.Credential.ClientId != clientId).Select(Shown).ToArray();
        var named = string.IsNullOrWhiteSpace(best.ResponseApplicationId) ? null : best.ResponseApplicationId;
        doubt = isKnown ? $"its client ID {Shown(best).ShownClientId} was known before, as from a cache"
            : doubt
            ?? (named is null ? "it named no application"
            : !application.Has(named) ? $"it named another application ({TerminalText.OneLine(text.Clean(named))})"
            : rivals.Length > 0 ? "it brought several credentials"
            : best.IsDamaged ? "it was damaged on the way"
            : null);
        return new RotationAttempt
        {
            Failure = isOld ? RotationOutcome.Unknown : null,
            Cause = doubt is null ? null : cause(doubt),
            Received = doubt is null ? best : Shown(best) with { Doubt = doubt },
            Rivals = [.. rivals.Select(rival => rival with { Doubt = doubt })],
        };

        // Its own id may be anything that a person chose. Another one is only a mark.
        RotatedCredential Shown(RotatedCredential one) => one with
        {
            ResponseApplicationId = one.ResponseApplicationId is not { } id || application.Has(id) ? one.ResponseApplicationId : text.Clean(id),
            ShownClientId = TerminalText.OneLine(text.Clean(one.Credential.ClientId)) ?? "",
        };
    }
}
