using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Writes the result of a rotation: to the pipeline, or where that takes no more, to the host.</summary>
internal sealed class RotationReport(ApplicationReference reference, RotationOptions options, PipelineOutput output)
{
    /// <summary>Writes what became of a rotation that was sent.</summary>
    /// <exception cref="System.Management.Automation.PipelineStoppedException">The pipeline takes no more objects.</exception>
    public void Write(FinishedRotation finished)
    {
        if (finished.Defect is { } defect)
            output.WriteVerbose($"The rotation of {reference} met an unexpected {defect}.");

        output.WriteInformation(Audit(finished), RotationAuditRecord.Tags);
        if (finished is { Failure: { } failure })
            WriteFailure(finished, failure);
        else if (finished is { Rotation: { } rotation })
            WriteRotation(finished, rotation);
    }

    private RotationAuditRecord Audit(FinishedRotation finished)
    {
        var rotation = finished.Failure is null ? finished.Rotation : null;
        return new RotationAuditRecord
        {
            At = finished.Failure?.At ?? rotation?.RotatedAt ?? options.Connection.Time.GetUtcNow().UtcDateTime,
            Environment = options.Connection.ToString(),
            SignedInAs = TerminalText.OneLine(options.SignedInAs),
            ManagingEntityId = reference.ManagingEntityId,
            ApplicationId = reference.ApplicationId,
            Outcome = finished.Failure?.Outcome.ToString() ?? "Rotated",
            PreviousClientId = TerminalText.OneLine(rotation?.PreviousClientId ?? finished.Failure?.PreviousClientId),
            ClientId = TerminalText.OneLine(rotation?.ClientId ?? finished.Failure?.ClientId),
            Saved = rotation?.Saved,
            Verified = rotation?.Verified,
        };
    }

    private void WriteFailure(FinishedRotation finished, RotationOutcomeException failure)
    {
        output.WriteOrDeferError(WinkErrors.RotationFailed(failure, finished, options.RehearseSave, options.SaveVerifiedOnly));
        if (finished is { Rotation: { } doubtful, EscrowFailure: { } escrowFailure })
            output.WriteOrDeferError(WinkErrors.EscrowFailed(doubtful, escrowFailure));
    }

    private void WriteRotation(FinishedRotation finished, CredentialRotation rotation)
    {
        var message = $"Application {rotation.ApplicationId} was rotated. Its new credentials are " +
            $"{(rotation.Saved is true ? "saved by -SaveWith, and " : "")}in {WhereKept(finished)}.";
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
            if (output.IsInterrupted || output.HasDeferredError)
                output.WriteToHost(message);

            WriteFailuresToHost(finished, rotation);
            throw;
        }

        // After the credentials: an error or a warning can end the pipeline.
        if (finished.EscrowFailure is { } failure)
            output.WriteOrDeferError(WinkErrors.EscrowFailed(rotation, failure));

        if (finished.SaveProblem is { } problem)
            output.WriteOrDeferError(WinkErrors.RotationNotSaved(rotation, problem, WhereKept(finished), options.SaveVerifiedOnly));

        if (options.Verify && rotation.Verified is not true)
            output.WriteOrDeferError(WinkErrors.NotVerified(rotation, finished, WhereKept(finished), options.SaveVerifiedOnly));
    }

    private string WhereKept(FinishedRotation finished) =>
        (finished.EscrowFile is { } file ? $"the escrow file {file} and in " : "") + options.WhereKept;

    /// <summary>Reports on the host when no error can be written any more: the person would rely on the copy in escrow.</summary>
    private void WriteFailuresToHost(FinishedRotation finished, CredentialRotation rotation)
    {
        if (finished.EscrowFailure is { } failure)
            output.WriteToHost(WinkErrors.EscrowFailed(rotation, failure));

        if (finished.SaveProblem is { } problem)
        {
            output.WriteToHost(WinkErrors.RotationNotSaved(
                rotation, problem, WhereKept(finished), options.SaveVerifiedOnly, isStopped: true));
        }

        if (rotation.Verified is false || (rotation.Verified is null && finished.VerificationFailure is not null))
            output.WriteToHost(WinkErrors.NotVerified(rotation, finished, WhereKept(finished), options.SaveVerifiedOnly));
    }
}
