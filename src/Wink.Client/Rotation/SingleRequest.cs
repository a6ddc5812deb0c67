using System.Net;

namespace Wink.Client;

/// <summary>One rotation request, which is written at most once, and what its response is worth.</summary>
internal sealed class SingleRequest(ApiClient api, Baseline baseline, KnownApplications known, ServerText text, TimeProvider time)
{
    /// <param name="job">The rotation.</param>
    /// <param name="reading">The baseline; null where the application cannot be read.</param>
    /// <param name="since">When the rotation was first sent, as a timestamp.</param>
    /// <param name="sentAt">When this request is sent, as a timestamp.</param>
    /// <param name="token">A valid token.</param>
    /// <param name="cancellationToken">Cancels it as long as nothing was written.</param>
    /// <exception cref="OperationCanceledException">It was cancelled before anything was written.</exception>
    public async Task<RotationAttempt> SendAsync(
        RotationJob job, ClientIdReading? reading, long since, long sentAt, AccessToken token, CancellationToken cancellationToken)
    {
        var (application, _, progress) = job;
        using var ticket = new SendTicket(() => reading is null || baseline.IsInTime(reading));
        try
        {
            using var response = await api.RotateOnceAsync(application, token, ticket, progress, cancellationToken).ConfigureAwait(false);
            // Whatever the status is: the secret is shown only once.
            var inBody = Find(response.Body).Select(found => found with { IsDamaged = response.IsDamaged });
            var received = FindBest([.. inBody], ticket.Response);
            if (received.Count == 0 && response.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests))
                received = await FindInRestAsync().ConfigureAwait(false);

            return received.Count > 0 ? Judge(received, application, since, sentAt, DoubtOf(response), response.Failure)
                : IsRefusal(response) ? new RotationAttempt.Rejected(response.Refusal())
                {
                    IsByRate = response.Status == HttpStatusCode.TooManyRequests,
                }
                : new RotationAttempt.Unclear(response.Refusal()) { MayBeRepeated = IsUseless(response) };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Any other exception is a defect, or a library that cannot be loaded. Its message may quote the response.
            var cause = failure as WinkTransportException ?? api.Lost($"The response could not be read ({failure.GetType()}).");
            var received = FindBest([], ticket.Response);
            if (received.Count == 0)
                received = await FindInRestAsync().ConfigureAwait(false);

            return received.Count > 0
                ? Judge(received, application, since, sentAt, doubt: null, _ => cause)
                : ticket.HasExpired ? new RotationAttempt.NotSent(api.NotConnectedInTime()) { IsTooLate = true }
                : ticket.TryInvalidate() ? new RotationAttempt.NotSent(cause)
                : new RotationAttempt.Unclear(cause)
                {
                    MayBeRepeated = failure is WinkTransportException { Failure: not TransportFailure.Timeout },
                };
        }

        // Where the body has no credentials of this application, the bytes that were received may: HTTP can be broken around them.
        IReadOnlyList<RotatedCredential> FindBest(IReadOnlyList<RotatedCredential> inBody, ResponseCopy response)
        {
            if (NameApplication(inBody))
                return inBody;

            var inBytes = response.Find(Find, NameApplication);
            return inBody.Count == 0 || NameApplication(inBytes) ? inBytes : inBody;
        }

        async Task<IReadOnlyList<RotatedCredential>> FindInRestAsync()
        {
            await ticket.ReadRestAsync(time).ConfigureAwait(false);
            return FindBest([], ticket.Response);
        }

        bool NameApplication(IReadOnlyList<RotatedCredential> found) =>
            found.Count > 0 && application.Has(found[0].ResponseApplicationId);

        IReadOnlyList<RotatedCredential> Find(ReadOnlySpan<byte> bytes) =>
            RotationResponse.Find(
                bytes, application, clientId => known.HadClientId(application, clientId, since), time.GetUtcNow().UtcDateTime);
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

    /// <summary>Whether the best of the received credentials are this application's new ones.</summary>
    private RotationAttempt Judge(
        IReadOnlyList<RotatedCredential> received,
        ApplicationReference application,
        long since,
        long sentAt,
        string? doubt,
        Func<string, WinkException> cause)
    {
        foreach (var one in received)
            text.Secrets.Add(one.Credential);

        // A rotation makes a new client ID. One that was first seen after this rotation began may come from its first request, if the
        // response to that was lost.
        var best = received[0];
        var clientId = best.Credential.ClientId;
        var isOld = received.All(one => known.HadClientId(application, one.Credential.ClientId, since));
        var isKnown = known.HadClientId(application, clientId, sentAt);
        var isOfAnother = known.IsOfAnother(application, clientId);
        foreach (var one in received)
            known.AddReceived(application, one.Credential.ClientId, one.ResponseApplicationId);

        doubt = isKnown ? $"its client ID {Shown(best).ShownClientId} was known before, as from a cache"
            : isOfAnother ? $"its client ID {Shown(best).ShownClientId} is known as that of another application"
            : doubt
            ?? (string.IsNullOrWhiteSpace(best.ResponseApplicationId) ? "it named no application"
            : !application.Has(best.ResponseApplicationId)
                ? $"it named another application ({TerminalText.OneLine(text.Clean(best.ResponseApplicationId))})"
            : received.Count > 1 || best.IsAmbiguous ? "it brought several credentials"
            : best.IsDamaged ? "it may have been damaged on the way"
            : null);
        return doubt is null
            ? new RotationAttempt.Rotated(best)
            : new RotationAttempt.Unclear(cause(doubt))
            {
                Received = [.. received.Select(one => Shown(one) with { Doubt = doubt })],
                IsOld = isOld,
            };

        // The application's own id is data and stays as it is. Another id is only shown.
        RotatedCredential Shown(RotatedCredential one) => one with
        {
            ResponseApplicationId =
                one.ResponseApplicationId is not { } id || application.Has(id) ? one.ResponseApplicationId : text.Clean(id),
            ShownClientId = TerminalText.OneLine(text.Clean(one.Credential.ClientId)) ?? "",
        };
    }
}
