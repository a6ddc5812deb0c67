using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// The rotation of one application, step by step. It runs on the pipeline's thread. From sending to escrow it never waits for that thread:
/// otherwise a prompt or a slow command for another application would leave received credentials in memory only.
/// </summary>
/// <param name="input">The application.</param>
/// <param name="options">What the person asked for.</param>
/// <param name="stopRule">Tells whether it may still be sent.</param>
/// <param name="output">The pipeline's streams and the host.</param>
/// <param name="guard">Makes a signal that ends the process wait for this rotation.</param>
internal sealed class RotationRun(
    RotationInput input, RotationOptions options, StopRule stopRule, PipelineOutput output, TerminationGuard guard)
{
    private readonly ApplicationReference _reference = input.Reference;
    private readonly RotationLookUp _lookUp = new(input, options, stopRule, output);
    private readonly RotationPrompt _prompt = new(input.Reference, options, output);
    private readonly CurrentCredential _current = new(input, options, output);
    private readonly RotationReport _report = new(input.Reference, options, output);

    /// <summary>
    /// Looks up, confirms, rehearses, reserves, sends, reads, keeps, writes to escrow, saves, verifies, and writes to the pipeline.
    /// </summary>
    /// <returns>What became of the rotation; null where it was not sent.</returns>
    /// <exception cref="PipelineStoppedException">The pipeline takes no more objects.</exception>
    public async Task<FinishedRotation?> RunAsync(BatchTurn turn)
    {
        await turn.WaitToLookUpAsync();
        if (await _lookUp.ReadAsync() is not { } ahead)
            return null;

        await turn.WaitToAskAsync();
        // The person may have been asked about others for long.
        if (await _lookUp.ReadAgainIfOldAsync(ahead) is not { } found)
            return null;

        var isOwn = _lookUp.IsOwn(found);
        var application = _lookUp.WithoutReplacedClientId(found);
        if (!MaySend() || !IsExpected(application) || !IsIncluded(isOwn))
            return null;

        if (isOwn is true && !turn.IsLast)
        {
            turn.Postpone();
            return null;
        }

        // A prompt may stay open for long, and another rotation may have ended meanwhile.
        if (!_prompt.Confirm(application, isOwn) || !MaySend())
            return null;

        // Until the new credentials are saved: another rotation meanwhile would leave revoked ones where the last save puts them.
        using var entry = options.Connection.Client.TryEnter(_reference);
        if (entry is null)
        {
            output.WriteOrDeferError(WinkErrors.RotationInProgress(_reference));
            return null;
        }

        if (!await _current.IsAcceptedAsync() || !_current.TryRehearse(application) || !MaySend())
            return null;

        if (!TryReserve(application, out var escrow))
            return null;

        var keeper = new CredentialKeeper(_reference, options, escrow);
        var sending = new RotationSending(input, options, stopRule, output, guard, keeper, application, turn.IsLast);
        var sent = guard.Start(() => PipelineContext.StartDetached(sending.SendAndKeepAsync), isToBeSaved: options.Save is not null);
        try
        {
            turn.Started();
            var finished = await sent;
            if (IsOwnButNotLast(finished.Failure, turn))
            {
                turn.Postpone();
                return null;
            }

            turn.Finished(finished.Failure?.Outcome);
            // What is in doubt is not saved: it may take the place of credentials that are valid.
            if (finished is { Failure: null, Rotation: not null })
                finished = await new RotationSaving(_reference, options, stopRule, output, guard, keeper).SaveAndVerifyAsync(finished);

            guard.Saved(sent);
            _report.Write(finished);
            return finished;
        }
        catch (OperationCanceledException) when (!stopRule.MaySend)
        {
            // It was cancelled before anything was sent. Where a stopped batch is the reason, an error says so.
            _ = MaySend();
            return null;
        }
        finally
        {
            guard.Finished(sent);
        }
    }

    /// <summary>The look-up could not tell that it is the own application, and the read just before sending did.</summary>
    private bool IsOwnButNotLast(RotationOutcomeException? failure, BatchTurn turn) => options.IncludeSelf && !turn.IsLast &&
        failure is
        {
            Outcome: RotationOutcome.NotSent,
            InnerException: WinkPreconditionException { Precondition: RotationPrecondition.OwnApplication },
        };

    private bool MaySend()
    {
        if (stopRule.MaySend)
            return true;

        if (stopRule.Reason is { } reason)
            output.WriteOrDeferError(WinkErrors.RotationNotAttempted(input, reason));

        return false;
    }

    private bool IsExpected(Application application)
    {
        var found = ClientIdReading.Of(_reference, application);
        if (options.ExpectedClientId is { } expected && found?.Is(expected) is not true)
        {
            output.WriteOrDeferError(WinkErrors.UnexpectedClientId(_reference, expected, TerminalText.OneLine(application.ClientId)));
            return false;
        }

        return _current.Is(found);
    }

    private bool IsIncluded(bool? isOwn)
    {
        if (isOwn is not true || options.IncludeSelf)
            return true;

        output.WriteOrDeferError(WinkErrors.OwnApplication(_reference));
        return false;
    }

    private bool TryReserve(Application application, out EscrowFile? escrow)
    {
        escrow = null;
        if (options.Escrow is not { } folder)
            return true;

        try
        {
            escrow = PipelineContext.WithoutContext(() => folder.Reserve(_reference, application, options.Connection.ToString()));
            return true;
        }
        catch (Exception failure) when (failure is not PipelineStoppedException)
        {
            // For any exception, also that of a library that cannot be loaded: without a place for the copy nothing may be sent.
            output.WriteOrDeferError(WinkErrors.EscrowUnavailable(_reference, failure, folder.Path));
            return false;
        }
    }
}
