namespace Wink.Client;

/// <summary>
/// Sends the request of a rotation. It is a GET, but it revokes credentials: it is written at most once, and only a refusal of the token
/// (401) or of the rate (429) makes it be sent again here. Whether a rotation is repeated after a lost response,
/// <see cref="CredentialRotator"/> decides.
/// </summary>
internal sealed class RotationSender(
    ApiClient api, HttpTransport http, Baseline baseline, KnownApplications known, ResponseJudge judge)
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
        var sentAt = 0L;
        var late = 0;
        IDisposable? turnAfterPause = null;
        try
        {
            await Rehearsal.EndAsync().ConfigureAwait(false);
            while (true)
            {
                // Before the read, and after it, since a pause may have begun meanwhile.
                if (await WaitAsync().ConfigureAwait(false))
                    reading = null;

                var token = await retry.GetTokenAsync(progress, cancel.Token).ConfigureAwait(false);
                // The last thing before sending: every outcome is judged by it.
                reading = await baseline.ReadAsync(job, reading, cancel.Token).ConfigureAwait(false);
                // The read may have renewed it.
                token = await retry.GetTokenAsync(progress, cancel.Token).ConfigureAwait(false);
                if (await WaitAsync().ConfigureAwait(false))
                {
                    reading = null;
                    continue;
                }

                // A refused request may have taken effect, or somebody else rotated the application: theirs must not be revoked.
                if (refused?.Baseline is { } before && reading?.Is(before.ClientId) is not true)
                {
                    return reading is null
                        ? NotAgain(refused, "the client ID could not be read again")
                        : refused with { ReadAgain = reading };
                }

                if (baseline.FindUnmetCondition(job, reading) is { } unmet)
                    return refused is null ? new RotationAttempt.NotSent(unmet) { Baseline = reading } : refused with { Cause = unmet };

                // A token that is linked with it may be cancelled a moment later.
                parameters.NoMoreSends.ThrowIfCancellationRequested();
                var sent = api.RateLimit.TryStart(() =>
                {
                    sentAt = known.AddSend(application);
                    isSending = true;
                    progress?.Report(new RotationInFlight(application, IsInFlight: true));
                    return SendOnceAsync(job, token, reading, firstSentAt ?? sentAt, sentAt, cancel.Token);
                });
                if (sent is null)
                    continue;

                var attempt = await sent.ConfigureAwait(false);
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

                if (!retry.TryRetry(status, delay))
                    return attempt;

                progress?.Report(new RotationInFlight(application, IsInFlight: false));
                // Somebody else may have rotated the application while this waited.
                reading = null;
            }
        }
        catch (OperationCanceledException)
        {
            // What was read after the refusal tells more than the refusal.
            return refused is null ? new RotationAttempt.Cancelled()
                : NotAgain(refused, "the command was stopped, or its batch ended") with { ReadAgain = reading };
        }
        catch (Exception failure)
        {
            // There is no token or no such application, so it was not sent, or not again. Any other exception is a defect.
            var cause = failure as WinkException ?? api.Lost($"There was an unexpected {failure.GetType()}.");
            return isSending ? new RotationAttempt.Unclear(cause) { Baseline = reading, SentAt = sentAt }
                : refused is null ? new RotationAttempt.NotSent(cause) { Baseline = reading }
                : refused with { Cause = cause };
        }
        finally
        {
            turnAfterPause?.Dispose();
        }

        async Task<bool> WaitAsync()
        {
            if (!await api.RateLimit.WaitAsync(parameters.MaximumWait, progress, cancel.Token).ConfigureAwait(false))
                return false;

            // What this one waits for may have to go on first.
            turnAfterPause?.Dispose();
            turnAfterPause = null;
            if (firstSentAt is null && parameters.WaitBeforeResend is { } wait)
                await wait(cancel.Token).ConfigureAwait(false);

            turnAfterPause = await api.RateLimit.EnterAfterPauseAsync(cancel.Token).ConfigureAwait(false);
            return true;
        }
    }

    private static RotationAttempt.Rejected NotAgain(RotationAttempt.Rejected refused, string why) => refused with
    {
        Cause = new WinkPreconditionException(
            RotationPrecondition.NotSentAgain, $"{refused.Cause.Message} It was not sent again, since {why}.", refused.Cause),
    };

    /// <summary>Sends it with a ticket, which a connection takes that writes it, and only while the baseline can be relied on.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled before anything was written.</exception>
    private async Task<RotationAttempt> SendOnceAsync(
        RotationJob job,
        AccessToken token,
        ClientIdReading? reading,
        long firstSentAt,
        long sentAt,
        CancellationToken cancellationToken)
    {
        using var ticket = new SendTicket(() => reading is null || baseline.IsInTime(reading));
        var sent = new RequestContext(job.Application, firstSentAt, sentAt, ticket);
        try
        {
            using var response = await http.SendOnceAsync(
                api.NewRotationRequest(job.Application, token), ticket, job.Progress, cancellationToken).ConfigureAwait(false);
            return await judge.JudgeAsync(response, sent).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !ticket.TryInvalidate())
        {
            return await judge.JudgeFailureAsync(failure, sent).ConfigureAwait(false);
        }
    }
}
