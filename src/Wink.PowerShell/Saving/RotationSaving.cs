using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Saves the new credentials of a rotation, and verifies them.</summary>
/// <param name="application">The application.</param>
/// <param name="options">What the person asked for.</param>
/// <param name="output">Tells when the pipeline is being stopped.</param>
/// <param name="guard">Tells when the process is to end.</param>
/// <param name="keeper">Keeps the result.</param>
internal sealed class RotationSaving(
    ApplicationReference application,
    RotationOptions options,
    PipelineOutput output,
    TerminationGuard guard,
    CredentialKeeper keeper)
{
    /// <summary>Saves the credentials, if -SaveWith is given. To be called on the pipeline's thread.</summary>
    public FinishedRotation Save(FinishedRotation finished)
    {
        if (options.Save is not { } save || finished.Rotation is not { } rotation)
            return finished;

        return Saved(finished, TrySave(save, rotation));
    }

    /// <summary>Saves the credentials if IAM accepted them: consumers would read others from the vault.</summary>
    public FinishedRotation SaveIfVerified(FinishedRotation finished) => finished.Rotation?.Verified is true
        ? Save(finished)
        : Saved(finished, "They were not verified, so they were not saved.");

    /// <summary>Verifies the credentials, if -Verify is given.</summary>
    public async Task<FinishedRotation> VerifyAsync(FinishedRotation finished)
    {
        if (!options.Verify || finished.Rotation is not { } rotation)
            return finished;

        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(output.Stopping, guard.Terminating);
        try
        {
            var credential = new ClientCredential(rotation.ClientId, rotation.Credential.Password);
            var isAccepted = await options.Connection.Client.VerifyCredentialAsync(credential, output, cancel.Token);
            return keeper.Update(finished, kept => kept.WithVerified(isAccepted));
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
        catch (Exception failure) when (failure is not PipelineStoppedException)
        {
            return finished with { Defect = failure.GetType() };
        }
    }

    private string? TrySave(SaveBlock save, CredentialRotation rotation)
    {
        // PowerShell runs nothing any more then.
        if (output.IsInterrupted)
            return "The command was stopped before they could be saved.";

        try
        {
            return save.Save(rotation);
        }
        catch (PipelineStoppedException)
        {
            return $"The command was stopped while the credentials of application {application.ApplicationId} were being saved.";
        }
    }

    private FinishedRotation Saved(FinishedRotation finished, string? problem) =>
        keeper.Update(finished, kept => kept.WithSaved(problem is null)) with { SaveProblem = problem };
}
