using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// The rotation of one application, step by step. It runs on the pipeline's thread, but for <see cref="SendAndKeepAsync"/>, which never
/// waits for that thread: a prompt or a slow command for another application must not leave received credentials in memory only.
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
    private readonly WinkClient _client = options.Connection.Client;
    private readonly RotationLookUp _lookUp = new(input, options, stopRule, output);
    private readonly RotationChecks _checks = new(input, options, stopRule, output);
    private readonly RotationPrompt _prompt = new(input.Reference, options, output);
    private readonly SaveRehearsal _rehearsal = new(input, options, output);
    private readonly RotationReport _report = new(input.Reference, options, output);

    /// <summary>
    /// Looks up, confirms, reserves, rehearses, sends, reads, keeps, writes to escrow, saves, verifies, and writes to the pipeline.
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
        if (!_checks.CheckMaySend() || !_checks.CheckClientId(application) || !_checks.CheckIncluded(isOwn))
            return null;

        if (isOwn is true && !turn.IsLast)
        {
            turn.Postpone();
            return null;
        }

        // A prompt may stay open for long, and another rotation may have ended meanwhile.
        if (!_prompt.Confirm(application, isOwn) || !_checks.CheckMaySend())
            return null;

        // Until the new credentials are saved: another rotation meanwhile would leave revoked ones where the last save puts them.
        using var entry = _client.TryEnter(_reference);
        if (!_checks.CheckEntered(entry) || !await _checks.CheckCurrentCredentialAsync() ||
            !TryReserve(application, out var escrow) || !TryRehearse(application, escrow))
        {
            return null;
        }

        var keeper = new CredentialKeeper(_reference, options, escrow);

        var sent = guard.Start(
            () => PipelineContext.StartDetached(() => SendAndKeepAsync(application, keeper, entry, turn.IsLast)),
            isToBeSaved: options.Save is not null);
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
            // A later command of the pipeline may rotate it again.
            entry?.Dispose();
            _report.Write(finished);
            return finished;
        }
        catch (OperationCanceledException) when (!stopRule.MaySend)
        {
            // It was cancelled before anything was sent.
            _checks.WriteNotAttempted();
            return null;
        }
        finally
        {
            guard.Finished(sent);
        }
    }

    /// <summary>Sends the rotation, and keeps the received credentials in the histories and in escrow.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled before anything was sent.</exception>
    private async Task<FinishedRotation> SendAndKeepAsync(
        Application before, CredentialKeeper keeper, IDisposable? entry, bool isLast)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(output.Stopping, guard.Terminating);
        using var unclear = stopRule.Unclear.New();
        FinishedRotation? kept = null;
        try
        {
            var rotated = await _client.RotateCredentialsAsync(_reference, Parameters(), output.Events, cancel.Token);
            kept = keeper.Keep(rotated, before.Name);
            stopRule.Apply(_reference, kept);
            if (!options.SkipLookup || _lookUp.IsOwn(before) is true)
                await _client.ContinueIfOwnAsync(rotated, output.Events, cancel.Token);

            return kept;
        }
        catch (RotationOutcomeException failure)
        {
            return Fail(failure);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // A defect, or a library that cannot be loaded. The request may have been sent, so it must not end without an outcome.
            var unknown = new RotationOutcomeException(RotationOutcome.Unknown, _reference.ManagingEntityId, _reference.ApplicationId);
            return (kept ?? Fail(unknown)) with { Defect = failure.GetType() };
        }
        finally
        {
            keeper.CloseEscrow();
        }

        RotationParameters Parameters() => new()
        {
            // A rehearsal takes its time.
            Reading = options.RehearseSave ? null : ClientIdReading.Of(_reference, before),
            MustBeUnchanged = options.AsksFirst,
            Entry = entry,
            MaximumWait = options.MaximumWait,
            MayRead = !options.SkipLookup,
            MayBeOwn = options.IncludeSelf && isLast,
            ExpectedClientId = options.ExpectedClientId ?? input.Current?.UserName,
            CurrentCredential = input.Current is { } current ? new ClientCredential(current.UserName, current.Password) : null,
            BeforeRepeat = lost => output.WriteWarningAsync(lost.ToString(), cancel.Token),
            // What is in doubt may be the only copy, so it is kept before it is found out whose it is.
            KeepDoubtful = keeper.KeepDoubtful,
            WaitBeforeResend = stopRule.Unclear.WaitUntilNoneAsync,
            OnUnclear = unclear.Begin,
            NoMoreSends = stopRule.NoMoreSends,
        };

        FinishedRotation Fail(RotationOutcomeException failure)
        {
            var finished = (keeper.Doubtful ?? new FinishedRotation()) with { Failure = failure, Current = input.Current?.UserName };
            stopRule.Apply(_reference, finished);
            return finished;
        }
    }

    /// <summary>The look-up could not tell that it is the own application, and the read just before sending did.</summary>
    private bool IsOwnButNotLast(RotationOutcomeException? failure, BatchTurn turn) => options.IncludeSelf && !turn.IsLast &&
        failure is
        {
            Outcome: RotationOutcome.NotSent,
            InnerException: WinkPreconditionException { Precondition: RotationPrecondition.OwnApplication },
        };

    private bool TryReserve(Application application, out EscrowFile? escrow)
    {
        escrow = null;
        if (options.Escrow is not { } folder)
            return true;

        try
        {
            escrow = PipelineContext.WithoutContext(() => folder.Reserve(_reference, application, options.Connection));
            return true;
        }
        catch (Exception failure) when (failure is not PipelineStoppedException)
        {
            // For any exception, also that of a library that cannot be loaded: without a place for the copy nothing may be sent.
            output.WriteOrDeferError(WinkErrors.EscrowUnavailable(_reference, failure, folder.Path));
            return false;
        }
    }

    private bool TryRehearse(Application application, EscrowFile? escrow)
    {
        var isReady = false;
        try
        {
            isReady = _rehearsal.TryRun(application) && _checks.CheckMaySend();
            return isReady;
        }
        finally
        {
            // It is not sent, so nothing is received.
            if (!isReady)
                escrow?.Dispose();
        }
    }
}
