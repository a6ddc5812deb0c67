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
/// <param name="batch">The rotations of the same pipeline.</param>
/// <param name="output">The pipeline's streams and the host.</param>
/// <param name="guard">Makes a signal that ends the process wait for this rotation.</param>
internal sealed class RotationRun(
    ApplicationReference reference,
    WinkApplication? input,
    RotationOptions options,
    RotationBatch batch,
    PipelineOutput output,
    TerminationGuard guard)
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromMilliseconds(500);

    private readonly WinkClient _client = options.Connection.Client;

    /// <summary>Looks up, confirms, reserves, sends, reads, keeps, writes to escrow, verifies, and writes to the pipeline.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline takes no more objects.</exception>
    public async Task RunAsync(BatchTurn turn)
    {
        await turn.WaitToLookUpAsync();
        var application = await LookUpAsync();
        await turn.WaitToAskAsync();
        if (!MaySend() || !IsExpected(application) || !Confirm(application))
            return;

        // A prompt may stay open for long, and another rotation may have ended meanwhile.
        if (!MaySend() || !TryReserve(application, out var escrow))
            return;

        var sending = guard.Start(() => PipelineContext.Detach(() => SendAndKeepAsync(application, escrow)));
        try
        {
            batch.Started(reference);
            turn.Pass();
            var finished = await sending;
            batch.Finished(reference, finished);
            Write(finished);
        }
        catch (OperationCanceledException) when (output.IsStopping || guard.IsTerminating)
        {
            batch.Cancelled(reference);
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

        if (!batch.MaySend)
            return new Application();

        try
        {
            return await _client.GetApplicationAsync(reference, output, batch.LookUps);
        }
        catch (WinkException failure)
        {
            output.WriteVerbose($"The name and client id of {reference} couldn't be read: {failure.Message}");
        }
        catch (OperationCanceledException) when (!batch.MaySend)
        {
            // No rotation is sent any more, so the look-up is not needed.
        }

        return new Application();
    }

    private bool MaySend()
    {
        if (batch.MaySend)
            return true;

        if (batch.StopReason is { } reason)
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

    private bool Confirm(Application application)
    {
        var name = TerminalText.OneLine(application.Name) is { } known ? $" '{known}'" : "";
        var old = TerminalText.OneLine(application.ClientId) is { } clientId ? $"client id {clientId}" : "client id not known";
        var owner = TerminalText.OneLine(application.OwnerName) is { } company ? $", owned by '{company}'," : "";
        var what = $"Rotate the credentials of application{name} ({reference.ApplicationId}) of managing entity " +
            $"{reference.ManagingEntityId}{owner} in {options.Connection}. The old pair ({old}) stops working at once.";
        try
        {
            return output.ShouldProcess(what, $"{what}\nContinue?", "Rotate credentials");
        }
        catch (Exception failure) when (failure is not (PipelineStoppedException or ActionPreferenceStopException or FlowControlException))
        {
            // A host may throw any exception. The console throws a null reference where its standard input has ended. It throws the same
            // at Ctrl+C, a moment before the pipeline is stopped: then a person was asked and has declined.
            if (!output.IsStoppedWithin(LongestStop))
                output.WriteOrDeferError(WinkErrors.ConfirmationUnavailable(reference, failure));

            return false;
        }
    }

    private bool TryReserve(Application application, out EscrowFile? escrow)
    {
        escrow = null;
        if (options.Escrow is not { } folder)
            return true;

        try
        {
            escrow = PipelineContext.Outside(() => folder.Reserve(reference, application, options.Connection.ToString()));
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
            // What is in doubt may be the only copy, so it is kept before it is found out whose it is.
            FinishedRotation? doubtful = null;
            FinishedRotation? rotatedAndKept = null;
            try
            {
                var rotated = await _client.RotateCredentialsAsync(reference, before.ClientId, output, KeepDoubtful, cancel.Token);
                var rotation = Describe(rotated, before);
                rotatedAndKept = Keep(rotation, escrow);
                batch.StopAfter(reference, rotatedAndKept);
                return options.Verify ? await VerifyAsync(rotatedAndKept, rotation, rotated.Credential, cancel.Token) : rotatedAndKept;
            }
            catch (RotationOutcomeException failure)
            {
                return Fail(failure);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // A defect, or a library that cannot be loaded. The request may have been sent, so it must not end without an outcome.
                var unknown = new RotationOutcomeException(RotationOutcome.Unknown, reference.ManagingEntityId, reference.ApplicationId);
                return (rotatedAndKept ?? Fail(unknown)) with { Defect = failure.GetType() };
            }

            FinishedRotation Fail(RotationOutcomeException failure)
            {
                var finished = (doubtful ?? new FinishedRotation()) with { Failure = failure };
                batch.StopAfter(reference, finished);
                return finished;
            }

            void KeepDoubtful(RotatedCredential received)
            {
                // The best comes first, and escrow holds one.
                var kept = Keep(Describe(received), doubtful is null ? escrow : null);
                doubtful ??= kept;
            }
        }
    }

    private CredentialRotation Describe(RotatedCredential rotated, Application before) => new(
        reference.ApplicationId, reference.ManagingEntityId, Credential(rotated), rotated.RotatedAt, before.Name, before.ClientId);

    private CredentialRotation Describe(RotatedCredential doubtful) => new(
        doubtful.ResponseApplicationId ?? "",
        reference.ManagingEntityId,
        Credential(doubtful),
        doubtful.RotatedAt,
        doubt: $"The response to the rotation of {reference}: {doubtful.Doubt}.")
    {
        RequestedFor = reference.ApplicationId,
    };

    private static PSCredential Credential(RotatedCredential rotated) => new(rotated.Credential.ClientId, rotated.Credential.Secret);

    /// <summary>Keeps the credentials in the history and in escrow. A failure of escrow is reported after they were written.</summary>
    private FinishedRotation Keep(CredentialRotation rotation, EscrowFile? escrow)
    {
        foreach (var history in options.Connection.HistoriesOf(options.History))
            history.Keep(rotation);

        try
        {
            escrow?.Fill(rotation);
            return new FinishedRotation { Rotation = rotation, EscrowFile = escrow?.Path };
        }
        catch (Exception failure)
        {
            // For any exception: the new credentials were received and must be written to the pipeline.
            return new FinishedRotation { Rotation = rotation, EscrowFailure = failure };
        }
    }

    private async Task<FinishedRotation> VerifyAsync(
        FinishedRotation finished, CredentialRotation kept, ClientCredential credential, CancellationToken cancellationToken)
    {
        try
        {
            var verified = kept.With(await _client.VerifyCredentialAsync(credential, output, cancellationToken));
            foreach (var history in options.Connection.HistoriesOf(options.History))
                history.Replace(kept, verified);

            return finished with { Rotation = verified };
        }
        catch (WinkException failure)
        {
            return finished with { VerificationFailure = failure };
        }
        catch (OperationCanceledException)
        {
            // The credentials are complete, and after a cancellation their verification is not awaited.
            return finished;
        }
    }

    private void Write(FinishedRotation finished)
    {
        if (finished.Defect is { } defect)
            output.WriteVerbose($"The rotation of {reference} met an unexpected {defect}.");

        if (finished is { Failure: { } failure })
            WriteFailure(finished, failure);
        else if (finished is { Rotation: { } rotation })
            WriteRotation(finished, rotation);
    }

    private void WriteFailure(FinishedRotation finished, RotationOutcomeException failure)
    {
        output.WriteOrDeferError(WinkErrors.RotationFailed(failure, finished));
        if (finished is { Rotation: { } doubtful, EscrowFailure: { } escrowFailure })
            output.WriteOrDeferError(WinkErrors.EscrowFailed(doubtful, escrowFailure));
    }

    private void WriteRotation(FinishedRotation finished, CredentialRotation rotation)
    {
        var escrow = finished.EscrowFile is { } file ? $"the escrow file {file} and in " : "";
        var message = $"Application {rotation.ApplicationId} was rotated. Its new credentials are in {escrow}{options.WhereKept}.";
        if (output.IsStopping)
        {
            output.WriteToHost(message);
            WriteFailuresToHost(finished, rotation);
            return;
        }

        try
        {
            output.WriteObject(rotation);
        }
        catch
        {
            // The next command was stopped, too, or takes no more objects. Select-Object -First throws the same when it takes its last
            // object.
            if (output.IsStopped || output.HasDeferredError)
                output.WriteToHost(message);

            WriteFailuresToHost(finished, rotation);
            throw;
        }

        // After the credentials: an error or a warning can end the pipeline.
        if (finished.EscrowFailure is { } failure)
            output.WriteOrDeferError(WinkErrors.EscrowFailed(rotation, failure));

        if (options.Verify && rotation.Verified is not true)
            output.WriteOrDeferError(WinkErrors.NotVerified(rotation, finished.VerificationFailure));
    }

    /// <summary>Reports on the host when no error can be written any more: the person would rely on the copy in escrow.</summary>
    private void WriteFailuresToHost(FinishedRotation finished, CredentialRotation rotation)
    {
        if (finished.EscrowFailure is { } failure)
            output.WriteToHost(WinkErrors.EscrowFailed(rotation, failure));

        if (rotation.Verified is false || finished.VerificationFailure is not null)
            output.WriteToHost(WinkErrors.NotVerified(rotation, finished.VerificationFailure));
    }
}
