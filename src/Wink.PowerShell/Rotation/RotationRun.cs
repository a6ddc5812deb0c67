using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// The rotation of one application, step by step. It runs on the pipeline's thread, but for <see cref="SendAndKeepAsync"/>, which never
/// waits for that thread: a prompt or a slow command for another application must not leave received credentials in memory only.
/// </summary>
/// <param name="scope">What the steps of one rotation share.</param>
/// <param name="lookUp">Has looked up the application.</param>
internal sealed class RotationRun(RotationScope scope, RotationLookUp lookUp)
{
    private readonly RotationOptions _options = scope.Options;
    private readonly RotationChecks _checks = new(scope);
    private readonly RotationPrompt _prompt = new(scope);
    private readonly SaveRehearsal _rehearsal = new(scope);
    private readonly RotationReport _report = new(scope);

    /// <summary>
    /// Looks up, confirms, reserves, rehearses, sends, reads, keeps, writes to escrow, saves, verifies, and writes to the pipeline.
    /// </summary>
    /// <param name="scope">What the steps of one rotation share.</param>
    /// <param name="turn">Its place in the order of the batch.</param>
    /// <returns>What became of the rotation; null where it was not sent.</returns>
    /// <exception cref="PipelineStoppedException">The pipeline takes no more objects.</exception>
    public static async Task<FinishedRotation?> RunAsync(RotationScope scope, BatchTurn turn)
    {
        var lookUp = new RotationLookUp(scope);
        await turn.WaitToLookUpAsync();
        if (await lookUp.ReadAsync() is not { } ahead)
            return null;

        await turn.WaitToAskAsync();
        // The person may have been asked about others for long.
        if (await lookUp.ReadAgainIfOldAsync(ahead) is not { } found)
            return null;

        // From here on every message has the name that the person knows.
        return await new RotationRun(scope.Named(found.Name), lookUp).RunAsync(found, turn);
    }

    private async Task<FinishedRotation?> RunAsync(Application found, BatchTurn turn)
    {
        var isOwn = lookUp.IsOwn(found);
        var application = lookUp.WithoutReplacedClientId(found);
        if (!await _checks.CheckMaySendAsync() || !_checks.CheckClientId(application) || !_checks.CheckIncluded(isOwn))
            return null;

        if (isOwn is true && !turn.IsLast)
        {
            turn.Postpone();
            return null;
        }

        // A prompt may stay open for long, and another rotation may have ended meanwhile.
        if (!_prompt.Confirm(application, isOwn, lookUp.Problem) || !await _checks.CheckMaySendAsync())
            return null;

        // Until the new credentials are saved: another rotation meanwhile would leave revoked ones where the last save puts them.
        using var entry = scope.Client.TryEnter(scope.Application);
        if (!_checks.CheckEntered(entry) || !await _checks.CheckCurrentCredentialAsync() ||
            !TryReserve(application, out var escrow) || !TryRehearse(application, ref escrow))
        {
            return null;
        }

        if (!await _checks.CheckMaySendAsync())
        {
            escrow?.Dispose();
            return null;
        }

        var keeper = new CredentialKeeper(scope, escrow);
        var sent = scope.Guard.Start(
            () => PipelineContext.StartDetached(() => SendAndKeepAsync(application, keeper, entry, turn.IsLast)),
            isToBeSaved: _options.Save is not null);
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
                finished = await new RotationSaving(scope, keeper).SaveAndVerifyAsync(finished);

            scope.Guard.Saved(sent);
            // A later command of the pipeline may rotate it again.
            entry?.Dispose();
            _report.Write(finished);
            return finished;
        }
        catch (OperationCanceledException) when (!scope.StopRule.MaySend)
        {
            // It was cancelled before anything was sent.
            await _checks.WriteNotAttemptedAsync();
            return null;
        }
        finally
        {
            scope.Guard.Finished(sent);
        }
    }

    /// <summary>Sends the rotation, and keeps the received credentials in the histories and in escrow.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled before anything was sent.</exception>
    private async Task<FinishedRotation> SendAndKeepAsync(
        Application before, CredentialKeeper keeper, IDisposable? entry, bool isLast)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(scope.Output.Stopping, scope.Guard.Terminating);
        using var unclear = scope.StopRule.Unclear.New();
        FinishedRotation? kept = null;
        try
        {
            var rotated = await scope.Client.RotateCredentialsAsync(scope.Application, Parameters(), scope.Progress, cancel.Token);
            kept = keeper.Keep(rotated, before.Name);
            scope.StopRule.Apply(scope.Application, kept);
            if (!_options.SkipLookup || lookUp.IsOwn(before) is true)
                await scope.Client.ContinueIfOwnAsync(rotated, scope.Progress, cancel.Token);

            return kept;
        }
        catch (RotationOutcomeException failure)
        {
            return Fail(failure);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // A defect, or a library that cannot be loaded. The request may have been sent, so it must not end without an outcome.
            var (managingEntityId, applicationId) = (scope.Application.ManagingEntityId, scope.Application.ApplicationId);
            var unknown = new RotationOutcomeException(RotationOutcome.Unknown, managingEntityId, applicationId);
            return (kept ?? Fail(unknown)) with { Defect = failure.GetType() };
        }
        finally
        {
            keeper.CloseEscrow();
        }

        RotationParameters Parameters() => new()
        {
            // A rehearsal takes its time.
            Reading = _options.RehearseSave ? null : ClientIdReading.Of(scope.Application, before),
            MustBeUnchanged = _options.AsksFirst,
            Entry = entry,
            MaximumWait = _options.MaximumWait,
            MayRead = !_options.SkipLookup,
            ClientIdInUse = _options.InUse?.ClientId,
            MayBeOwn = _options.IncludeSelf && isLast,
            ExpectedClientId = _options.ExpectedClientId ?? scope.Input.Current?.UserName,
            CurrentCredential = scope.Input.Current is { } current ? new ClientCredential(current.UserName, current.Password) : null,
            BeforeRepeat = lost => scope.Output.WriteWarningAsync(lost.ToString(), cancel.Token),
            // What is in doubt may be the only copy, so it is kept before it is found out whose it is.
            KeepDoubtful = keeper.KeepDoubtful,
            WaitBeforeResend = scope.StopRule.Unclear.WaitUntilNoneAsync,
            OnUnclear = unclear.Begin,
            NoMoreSends = scope.StopRule.NoMoreSends,
        };

        FinishedRotation Fail(RotationOutcomeException failure)
        {
            var finished = (keeper.Doubtful ?? new FinishedRotation()) with { Failure = failure, Current = scope.Input.Current?.UserName };
            scope.StopRule.Apply(scope.Application, finished);
            return finished;
        }
    }

    /// <summary>The look-up could not tell that it is the own application, and the read just before sending did.</summary>
    private bool IsOwnButNotLast(RotationOutcomeException? failure, BatchTurn turn) => _options.IncludeSelf && !turn.IsLast &&
        failure is
        {
            Outcome: RotationOutcome.NotSent,
            InnerException: WinkPreconditionException { Precondition: RotationPrecondition.OwnApplication },
        };

    private bool TryReserve(Application application, out EscrowFile? escrow)
    {
        escrow = null;
        if (_options.Escrow is not { } folder)
            return true;

        try
        {
            escrow = PipelineContext.WithoutContext(() => folder.Reserve(scope.Application, application, _options.Connection));
            return true;
        }
        catch (Exception failure) when (failure is not PipelineStoppedException)
        {
            // For any exception, also that of a library that cannot be loaded: without a place for the copy nothing may be sent.
            scope.Output.WriteOrDeferError(WinkErrors.EscrowUnavailable(scope.Application, failure, folder.Path));
            return false;
        }
    }

    private bool TryRehearse(Application application, ref EscrowFile? escrow)
    {
        var isReady = false;
        try
        {
            if (!_rehearsal.TryRun(application))
                return false;

            // A block that saves may remove the copies in escrow, as they are not needed then.
            if (escrow?.IsInPlace() == false)
            {
                escrow.Dispose();
                if (!TryReserve(application, out escrow))
                    return false;
            }

            return isReady = true;
        }
        finally
        {
            // It is not sent, so nothing is received.
            if (!isReady)
                escrow?.Dispose();
        }
    }
}
