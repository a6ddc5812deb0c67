using System.Net;

namespace Wink.Client;

/// <summary>
/// One rotation request, sent at most once. It is a GET, but it revokes credentials: only a refusal of the token (401) or of the rate (429)
/// makes it be sent again here. Whether a rotation is repeated after a lost response, <see cref="CredentialRotator"/> decides.
/// </summary>
internal sealed class RotationRequest(
    ApiClient api, Baseline baseline, KnownApplications known, ServerText text, TimeProvider time)
{
    /// <summary>So often a connection may take longer than a baseline can be relied on.</summary>
    private const int MaxLate = 3;

    /// <param name="job">The rotation.</param>
    /// <param name="firstSentAt">
    /// When the rotation was first sent, as a timestamp, or null: a client ID that was known before that cannot be its result.
    /// </param>
    /// <param name="cancellationToken">Cancels it as long as nothing was sent.</param>
    public async Task<RotationAttempt> SendAsync(RotationJob job, long? firstSentAt, CancellationToken cancellationToken)
    {
        var (application, parameters, progress) = job;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, parameters.NoMoreSends);
        var retry = api.NewRotationRetry(parameters.MaximumWait);
        RotationAttempt.Rejected? refused = null;
        var reading = parameters.Reading;
        var isSending = false;
        var late = 0;
        try
        {
            await Rehearsal.EndAsync().ConfigureAwait(false);
            while (true)
            {
                var token = await retry.GetTokenAsync(progress, cancel.Token).ConfigureAwait(false);
                // The last thing before sending: every outcome is judged by it.
                reading = await baseline.ReadAsync(job, reading, cancel.Token).ConfigureAwait(false);
                // After a wait, the token and the reading may be old.
                if (await api.RateLimit.WaitAsync(progress, cancel.Token).ConfigureAwait(false))
                    continue;

                // A refused request may have taken effect, or somebody else rotated the application: theirs must not be revoked.
                if (refused?.Baseline is { } before && reading?.Is(before.ClientId) is not true)
                    return refused with { Changed = reading };

                baseline.ThrowUnlessAllowed(job, reading);
                var sentAt = known.AddSend(application);
                isSending = true;
                var attempt = await SendOnceAsync(
                    application, reading, firstSentAt ?? sentAt, sentAt, token, progress, cancel.Token).ConfigureAwait(false);
                isSending = false;
                attempt = attempt with { Baseline = reading, SentAt = sentAt };
                if (attempt is RotationAttempt.NotSent { IsTooLate: true } && ++late < MaxLate)
                {
                    reading = null;
                    continue;
                }

                // Another request left this machine before.
                if (attempt is RotationAttempt.NotSent notSent && refused is not null)
                    return refused with { Cause = notSent.Cause };

                refused = attempt as RotationAttempt.Rejected;
                if (refused?.Cause is not WinkApiException { StatusCode: var status, RetryAfter: var delay })
                {
                    retry.AddLetThrough();
                    return attempt;
                }

                if (!retry.MaySendAgain(status, delay))
                    return attempt;

                // Somebody else may have rotated the application while this waited.
                reading = null;
            }
        }
        catch (OperationCanceledException)
        {
            return refused ?? (RotationAttempt)new RotationAttempt.Cancelled();
        }
        catch (Exception failure)
        {
            // There is no token, or a condition does not hold, so it was not sent, or not again. Any other exception is a defect.
            var cause = failure as WinkException ?? api.Lost($"There was an unexpected {failure.GetType()}.");
            return isSending ? new RotationAttempt.Unclear(cause) { Baseline = reading }
                : refused is null ? new RotationAttempt.NotSent(cause)
                : refused with { Cause = cause };
        }
    }

    private async Task<RotationAttempt> SendOnceAsync(
        ApplicationReference application,
        ClientIdReading? reading,
        long since,
        long sentAt,
        AccessToken token,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken)
    {
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
