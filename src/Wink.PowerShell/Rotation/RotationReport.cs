using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Writes the result of a rotation: to the pipeline, or where that takes no more, to the host.</summary>
/// <param name="scope">What the steps of one rotation share.</param>
internal sealed class RotationReport(RotationScope scope)
{
    /// <summary>Writes what became of a rotation that was sent.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline takes no more objects.</exception>
    public void Write(FinishedRotation finished)
    {
        if (finished.Defect is { } defect)
            scope.Output.WriteVerbose($"The rotation of {scope.Application} met an unexpected {defect}.");

        scope.Output.WriteInformation(Audit(finished), RotationAuditRecord.Tags);
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
            At = finished.Failure?.At ?? rotation?.RotatedAt ?? scope.Options.Connection.Time.GetUtcNow().UtcDateTime,
            Environment = scope.Options.Connection.ToString(),
            SignedInAs = TerminalText.OneLine(scope.Options.SignedInAs),
            ManagingEntityId = scope.Application.ManagingEntityId,
            ApplicationId = scope.Application.ApplicationId,
            ApplicationName = TerminalText.OneLine(scope.Application.Name),
            Outcome = finished.Failure?.Outcome.ToString() ?? "Rotated",
            PreviousClientId = TerminalText.OneLine(rotation?.PreviousClientId ?? finished.Failure?.PreviousClientId),
            ClientId = TerminalText.OneLine(rotation?.ClientId ?? finished.Failure?.ClientId),
            Saved = rotation?.Saved,
            Verified = rotation?.Verified,
        };
    }

    private void WriteFailure(FinishedRotation finished, RotationOutcomeException failure)
    {
        scope.Output.WriteOrDeferError(
            WinkErrors.RotationFailed(failure, finished, scope.Options.RehearseSave, scope.Options.SaveVerifiedOnly));
        if (finished is { Rotation: { } doubtful, EscrowFailure: { } escrowFailure })
            scope.Output.WriteOrDeferError(WinkErrors.EscrowFailed(doubtful, escrowFailure));
    }

    private void WriteRotation(FinishedRotation finished, CredentialRotation rotation)
    {
        var message = $"{rotation.Subject} was rotated. Its new credentials are " +
            $"{(rotation.Saved is true ? "saved by -SaveWith, and " : "")}in {WhereKept(finished)}.";
        if (scope.Output.IsStopping)
        {
            scope.Output.WriteToHost(message);
            WriteFailuresToHost(finished, rotation);
            return;
        }

        scope.Output.WriteVerbose($"{rotation} Its credentials are in {WhereKept(finished)}.");
        try
        {
            scope.Output.WriteObject(rotation);
        }
        catch
        {
            // The next command was stopped, it failed, or it takes no more objects, as Select-Object -First: nothing tells which.
            scope.Output.WriteToHost(message);
            WriteFailuresToHost(finished, rotation);
            throw;
        }

        // After the credentials: an error or a warning can end the pipeline.
        if (finished.EscrowFailure is { } failure)
            scope.Output.WriteOrDeferError(WinkErrors.EscrowFailed(rotation, failure));

        if (finished.SaveProblem is { } problem)
        {
            scope.Output.WriteOrDeferError(
                WinkErrors.RotationNotSaved(rotation, problem, WhereKept(finished), scope.Options.SaveVerifiedOnly));
        }

        if (scope.Options.Verify && rotation.Verified is not true)
            scope.Output.WriteOrDeferError(WinkErrors.NotVerified(rotation, finished, WhereKept(finished), scope.Options.SaveVerifiedOnly));
    }

    private string WhereKept(FinishedRotation finished) =>
        (finished.EscrowFile is { } file ? $"the escrow file {file} and in " : "") + scope.Options.WhereKept;

    /// <summary>Reports on the host when no error can be written any more: the person would rely on the copy in escrow.</summary>
    private void WriteFailuresToHost(FinishedRotation finished, CredentialRotation rotation)
    {
        if (finished.EscrowFailure is { } failure)
            scope.Output.WriteToHost(WinkErrors.EscrowFailed(rotation, failure));

        if (finished.SaveProblem is { } problem)
        {
            scope.Output.WriteToHost(WinkErrors.RotationNotSaved(
                rotation, problem, WhereKept(finished), scope.Options.SaveVerifiedOnly, isStopped: true));
        }

        if (rotation.Verified is false || (rotation.Verified is null && finished.VerificationFailure is not null))
            scope.Output.WriteToHost(WinkErrors.NotVerified(rotation, finished, WhereKept(finished), scope.Options.SaveVerifiedOnly));
    }
}
