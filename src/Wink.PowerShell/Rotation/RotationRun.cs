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
        var application = await LookUpAsync();
        await turn.WaitToAskAsync();
        if (!MaySend() || !IsExpected(application) || !_prompt.Confirm(application))
            return;

        // A prompt may stay open for long, and another rotation may have ended meanwhile.
        if (!MaySend() || !TryReserve(application, out var escrow))
            return;

        var sending = guard.Start(() => PipelineContext.StartDetached(() => SendAndKeepAsync(application, escrow)));
        try
        {
            turn.Started();
            var finished = await sending;
            turn.Finished(rotated: finished.Failure is null);
            _report.Write(finished);
        }
        catch (OperationCanceledException) when (output.IsStopping || guard.IsTerminating)
        {
            // It was cancelled before anything was sent.
        }
        finally
        {
            guard.Finished(sending);
        }
    }

    /// <summary>
    /// Reads the application's name and client ID. The token may lack the right to read, so a failure does not prevent the rotation.
    /// </summary>
    private async Task<Application> LookUpAsync()
    {
        if (options.ExpectedClientId is null && input is not null && input.IsFresh(reference, options.Connection))
            return input.Description;

        if (!stopRule.MaySend)
            return new Application();

        try
        {
            return await _client.GetApplicationAsync(reference, output, stopRule.LookUps);
        }
        catch (WinkException failure)
        {
            output.WriteVerbose($"The name and client id of {reference} couldn't be read: {failure.Message}");
        }
        catch (OperationCanceledException) when (!stopRule.MaySend)
        {
            // No rotation is sent any more, so the look-up is not needed.
        }

        return new Application();
    }

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
        if (options.ExpectedClientId is not { } expected || expected == application.ClientId)
            return true;

        output.WriteOrDeferError(WinkErrors.UnexpectedClientId(reference, expected, TerminalText.OneLine(application.ClientId)));
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
    private async Task<FinishedRotation> SendAndKeepAsync(Application before, EscrowFile? escrow)
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
                var rotated = await _client.RotateCredentialsAsync(
                    reference,
                    before.ClientId,
                    output,
                    received =>
                    {
                        var finished = keeper.KeepDoubtful(received, isBest: doubtful is null);
                        doubtful ??= finished;
                    },
                    cancel.Token);
                kept = keeper.Keep(rotated, before);
                stopRule.Apply(reference, kept);
                return options.Verify ? await VerifyAsync(kept, rotated.Credential, keeper, cancel.Token) : kept;
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
