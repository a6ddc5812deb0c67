using System.Net;

namespace Wink.Client;

/// <summary>Judges what came back for one rotation request: new credentials, a refusal, or nothing that tells the outcome.</summary>
internal sealed class ResponseJudge(ApiClient api, KnownApplications known, ServerText text, TimeProvider time)
{
    /// <summary>Judges a response. Whatever its status is, it is searched for credentials: the secret is shown only once.</summary>
    public async Task<RotationAttempt> JudgeAsync(ApiResponse response, RequestContext sent)
    {
        // An error that quotes credentials may quote them in part, or masked.
        var isDamaged = response.IsDamaged || !response.IsSuccess;
        var inBody = Find(response.Body, sent).Select(found => found with { IsDamaged = isDamaged });
        var received = FindBest([.. inBody], sent);
        if (received.Count == 0 && response.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests))
            received = await FindInRestAsync(sent).ConfigureAwait(false);

        return received.Count > 0 ? Judge(received, sent, DoubtOf(response), response.Failure)
            : IsRefusal(response) ? new RotationAttempt.Rejected(response.Refusal())
            {
                IsByRate = response.Status == HttpStatusCode.TooManyRequests,
            }
            : new RotationAttempt.Unclear(response.Refusal()) { MayBeRepeated = IsUseless(response) };
    }

    /// <summary>Judges what was received before the request failed.</summary>
    public async Task<RotationAttempt> JudgeFailureAsync(Exception failure, RequestContext sent)
    {
        // Any other exception is a defect, or a library that cannot be loaded. Its message may quote the response.
        var cause = failure as WinkTransportException ?? api.Lost($"The response could not be read ({failure.GetType()}).");
        var received = FindBest([], sent);
        if (received.Count == 0)
            received = await FindInRestAsync(sent).ConfigureAwait(false);

        return received.Count > 0 ? Judge(received, sent, doubt: null, _ => cause)
            : sent.Ticket.HasExpired ? new RotationAttempt.NotSent(api.NotConnectedInTime()) { IsTooLate = true }
            : sent.Ticket.TryInvalidate() ? new RotationAttempt.NotSent(cause)
            : new RotationAttempt.Unclear(cause)
            {
                MayBeRepeated = failure is WinkTransportException { Failure: not TransportFailure.Timeout },
            };
    }

    /// <summary>Other statuses, also other 4xx, do not say that Wink did not act, and neither does a cache.</summary>
    private static bool IsRefusal(ApiResponse response) =>
        (int)response.Status is 400 or 401 or 403 or 404 or 405 or 410 or 415 or 422 or 429 && !response.HasAge;

    /// <inheritdoc cref="RotationAttempt.Unclear.MayBeRepeated"/>
    private static bool IsUseless(ApiResponse response) =>
        (int)response.Status is < 300 or >= 500 && !response.HasAge && response.BodyFailure is not OperationCanceledException;

    private static string? DoubtOf(ApiResponse response) => response.HasAge ? "it came through a cache"
        : !response.IsSuccess ? $"it came with status {(int)response.Status}"
        : response.IsDamaged ? "it may have been damaged on the way"
        : !RotationResponse.IsJson(response.Body) ? "it was not JSON alone"
        : null;

    private static bool NameApplication(IReadOnlyList<RotatedCredential> found, RequestContext sent) =>
        found.Count > 0 && sent.Application.HasId(found[0].ResponseApplicationId);

    private IReadOnlyList<RotatedCredential> Find(ReadOnlySpan<byte> bytes, RequestContext sent) => RotationResponse.Find(
        bytes, sent.Application, clientId => IsOld(clientId, sent), time.GetUtcNow().UtcDateTime);

    /// <summary>Where the body has no credentials of this application, the received bytes may: HTTP can be broken around them.</summary>
    private IReadOnlyList<RotatedCredential> FindBest(IReadOnlyList<RotatedCredential> inBody, RequestContext sent)
    {
        if (NameApplication(inBody, sent))
            return inBody;

        var inBytes = sent.Ticket.Response.Find(bytes => Find(bytes, sent), found => NameApplication(found, sent));
        return inBody.Count == 0 || NameApplication(inBytes, sent) ? inBytes : inBody;
    }

    private async Task<IReadOnlyList<RotatedCredential>> FindInRestAsync(RequestContext sent)
    {
        await sent.Ticket.ReadRestAsync(time).ConfigureAwait(false);
        return FindBest([], sent);
    }

    /// <summary>
    /// A rotation makes a new client ID. One that was first seen after this rotation began may come from its first request, if the response
    /// to that was lost.
    /// </summary>
    private bool IsOld(string clientId, RequestContext sent) => known.HadClientId(sent.Application, clientId, sent.FirstSentAt);

    /// <summary>Whether the best of the received credentials are this application's new ones.</summary>
    private RotationAttempt Judge(
        IReadOnlyList<RotatedCredential> received, RequestContext sent, string? doubt, Func<string, WinkException> cause)
    {
        foreach (var one in received)
            text.Secrets.Add(one.Credential);

        var application = sent.Application;
        var best = received[0];
        var clientId = best.Credential.ClientId;
        var areOld = received.All(one => IsOld(one.Credential.ClientId, sent));
        var isKnown = known.HadClientId(application, clientId, sent.SentAt);
        var isOfAnother = known.IsOfAnother(application, clientId);
        foreach (var one in received)
            known.AddReceived(application, one.Credential.ClientId, one.ResponseApplicationId);

        doubt = isKnown ? $"its client ID {Shown(best).ShownClientId} was known before, as from a cache"
            : isOfAnother ? $"its client ID {Shown(best).ShownClientId} is known as that of another application"
            : doubt
            ?? (string.IsNullOrWhiteSpace(best.ResponseApplicationId) ? "it named no application"
            : !application.HasId(best.ResponseApplicationId)
                ? $"it named another application ({TerminalText.OneLine(text.Clean(best.ResponseApplicationId))})"
            : received.Count > 1 || best.IsAmbiguous ? "it brought several credentials"
            : best.IsDamaged ? "it may have been damaged on the way"
            : null);
        return doubt is null
            ? new RotationAttempt.Rotated(best)
            : new RotationAttempt.Unclear(cause(doubt))
            {
                Received = [.. received.Select(one => Shown(one) with { Doubt = doubt })],
                IsOld = areOld,
            };

        // The application's own id is data and stays as it is. Another id is only shown.
        RotatedCredential Shown(RotatedCredential one) => one with
        {
            ResponseApplicationId =
                one.ResponseApplicationId is not { } id || application.HasId(id) ? one.ResponseApplicationId : text.Clean(id),
            ShownClientId = TerminalText.OneLine(text.Clean(one.Credential.ClientId)) ?? "",
        };
    }
}
