using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// The rotation of one application, step by step. It runs on the pipeline's thread. From sending to escrow it never waits for that thread:
/// otherwise a prompt or a slow command for another application would leave received credentials in memory only.
/// </summary>
/// <param name="reference">The application.</param>
/// <param name="input">The input object of Get-WinkApplication, if it was one.</param>
/// <param name="options">What the person asked for.</param>
/// <param name="stopRule">Tells whether it may still be sent.</param>
/// <param name="output">The pipeline's streams and the host.</param>
/// <param name="guard">Makes a signal that ends the process wait for this rotation.</param>
internal sealed class RotationRun(
    ApplicationReference reference,
    WinkApplication? input,
    RotationOptions options,
    StopRule stopRule,
    PipelineOutput output,
    TerminationGuard guard)
{
    private readonly WinkClient _client = options.Connection.Client;
    private readonly RotationPrompt _prompt = new(reference, options, output);
    private readonly RotationReport _report = new(reference, options, output);

    /// <summary>Looks up, confirms, reserves, sends, reads, keeps, writes to escrow, verifies, and writes to the pipeline.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline takes no more objects.</exception>
    public async Task RunAsync(BatchTurn turn)
    {
        await turn.WaitToLookUpAsync();
        if (await LookUpAsync() is not { } found)
            return;

        await turn.WaitToAskAsync();
        var isOwn = IsOwn(found);
        var application = WithoutReplacedClientId(found);
        if (!MaySend() || !IsExpected(application) || !IsIncluded(isOwn))
            return;

        if (isOwn is true && !turn.IsLast)
        {
            turn.Postpone();
            return;
        }

        // A prompt may stay open for long, and another rotation may have ended meanwhile.
        if (!_prompt.Confirm(application, isOwn) || !MaySend() || !TryReserve(application, out var escrow))
            return;

        var sending = guard.Start(() => PipelineContext.StartDetached(() => SendAndKeepAsync(application, turn.IsLast, escrow)));
        try
        {
            turn.Started();
            var finished = await sending;
            turn.Finished(rotated: finished.Failure is null);
            _report.Write(finished);
        }
        catch (OperationCanceledException) when (!stopRule.MaySend)
        {
            // It was cancelled before anything was sent. Where a stopped batch is the reason, an error says so.
            _ = MaySend();
        }
        finally
        {
            guard.Finished(sending);
        }
    }

    /// <summary>
    /// Reads the application's name and client ID; one without either where it cannot be read, since the token may lack the right to. Null
    /// where Wink says that it is not there.
    /// </summary>
    private async Task<Application?> LookUpAsync()
    {
        if (options.SkipLookup || !stopRule.MaySend)
            return new Application();

        if (input is not null && input.IsFresh(reference, options.Connection))
            return input.Description;

        try
        {
            var application = await _client.GetApplicationAsync(reference, options.MaximumWait, output, stopRule.NoMoreSends);
            if (ClientIdReading.Of(reference, application) is not null)
                return application;

            output.WriteVerbose($"The description of {reference} is that of another application, or it has no client ID.");
        }
        catch (WinkApiException failure) when (failure.IsNotFound)
        {
            output.WriteOrDeferError(WinkErrors.ApplicationNotFound(reference, failure));
            return null;
        }
        catch (WinkException failure)
        {
            output.WriteVerbose($"The name and client ID of {reference} could not be read: {failure.Message}");
        }
        catch (OperationCanceledException) when (!stopRule.MaySend)
        {
            // No rotation is sent any more, so the look-up is not needed.
        }

        return new Application();
    }

    /// <summary>Whether this is the application that is signed in; null where this cannot be told.</summary>
    private bool? IsOwn(Application application) =>
        ClientIdReading.Of(reference, application) is { } reading ? _client.IsOwn(reading.ClientId) : null;

    /// <summary>A read that lags behind a rotation of this process shows a client ID that is revoked.</summary>
    private Application WithoutReplacedClientId(Application application) =>
        application.ClientId is { } clientId && _client.IsReplaced(reference, clientId)
            ? application with { ClientId = null }
            : application;

    private bool MaySend()
    {
        if (stopRule.MaySend)
            return true;

        if (stopRule.Reason is { } reason)
            output.WriteOrDeferError(WinkErrors.RotationNotAttempted(reference, reason));

        return false;
    }

    private bool IsExpected(Application application)
    {
        if (options.ExpectedClientId is not { } expected || ClientIdReading.Of(reference, application)?.Is(expected) is true)
            return true;

        output.WriteOrDeferError(WinkErrors.UnexpectedClientId(reference, expected, TerminalText.OneLine(application.ClientId)));
        return false;
    }

    private bool IsIncluded(bool? isOwn)
    {
        if (isOwn is not true || options.IncludeSelf)
            return true;

        output.WriteOrDeferError(WinkErrors.OwnApplication(reference));
        return false;
    }

    private bool TryReserve(Application application, out EscrowFile? escrow)
    {
        escrow = null;
        if (options.Escrow is not { } folder)
            return true;

        try
        {
            escrow = PipelineContext.WithoutContext(() => folder.Reserve(reference, application, options.Connection.ToString()));
            return true;
        }
        catch (Exception failure) when (failure is not PipelineStoppedException)
        {
            // For any exception, also that of a library that cannot be loaded: without a place for the copy nothing may be sent.
            output.WriteOrDeferError(WinkErrors.EscrowUnavailable(reference, failure, folder.Path));
            return false;
        }
    }

    /// <summary>Sends the rotation, keeps the received credentials, and verifies them.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled before anything was sent.</exception>
    private async Task<FinishedRotation> SendAndKeepAsync(Application before, bool isLast, EscrowFile? escrow)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(output.Stopping, guard.Terminating);
        using (escrow)
        {
            var keeper = new CredentialKeeper(reference, options, escrow);
            // What is in doubt may be the only copy, so it is kept before it is found out whose it is. The best comes first.
            FinishedRotation? doubtful = null;
            FinishedRotation? kept = null;
            try
            {
                var parameters = new RotationParameters
                {
                    Reading = ClientIdReading.Of(reference, before),
                    MustBeUnchanged = options.AsksFirst,
                    MaximumWait = options.MaximumWait,
                    MayRead = !options.SkipLookup,
                    MayBeOwn = options.IncludeSelf && isLast,
                    ExpectedClientId = options.ExpectedClientId,
                    BeforeRepeat = lost => output.WriteWarningAsync(lost.ToString(), cancel.Token),
                    Keep = received =>
                    {
                        var finished = keeper.KeepDoubtful(received, isBest: doubtful is null);
                        doubtful ??= finished;
                    },
                    NoMoreSends = stopRule.NoMoreSends,
                };
                var rotated = await _client.RotateCredentialsAsync(reference, parameters, output, cancel.Token);
                kept = keeper.Keep(rotated, before.Name);
                stopRule.Apply(reference, kept);
                if (!options.SkipLookup)
                    await _client.ContinueIfOwnAsync(rotated, output, cancel.Token);

                if (!options.Verify)
                    return kept;

                kept = await VerifyAsync(kept, rotated.Credential, keeper, cancel.Token);
                stopRule.Apply(reference, kept);
                return kept;
            }
            catch (RotationOutcomeException failure)
            {
                return Fail(failure);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // A defect, or a library that cannot be loaded. The request may have been sent, so it must not end without an outcome.
                var unknown = new RotationOutcomeException(RotationOutcome.Unknown, reference.ManagingEntityId, reference.ApplicationId);
                return (kept ?? Fail(unknown)) with { Defect = failure.GetType() };
            }

            FinishedRotation Fail(RotationOutcomeException failure)
            {
                var finished = (doubtful ?? new FinishedRotation()) with { Failure = failure };
                stopRule.Apply(reference, finished);
                return finished;
            }
        }
    }

    private async Task<FinishedRotation> VerifyAsync(
        FinishedRotation kept, ClientCredential credential, CredentialKeeper keeper, CancellationToken cancellationToken)
    {
        try
        {
            var isAccepted = await _client.VerifyCredentialAsync(credential, output, cancellationToken);
            return keeper.KeepVerified(kept, isAccepted);
        }
        catch (WinkException failure)
        {
            return kept with { VerificationFailure = failure };
        }
        catch (OperationCanceledException)
        {
            // The credentials are complete, and after a cancellation their verification is not awaited.
            return kept;
        }
    }
}
