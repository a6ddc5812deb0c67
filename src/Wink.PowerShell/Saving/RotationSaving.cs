using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Saves the new credentials of a rotation, and verifies them.</summary>
/// <param name="scope">What the steps of one rotation share.</param>
/// <param name="keeper">Keeps the result.</param>
internal sealed class RotationSaving(RotationScope scope, CredentialKeeper keeper)
{
    /// <summary>
    /// Saves the credentials, if -SaveWith is given, and verifies them, if -Verify is. It returns to the pipeline's thread.
    /// </summary>
    public async Task<FinishedRotation> SaveAndVerifyAsync(FinishedRotation finished)
    {
        if (!scope.Options.SaveVerifiedOnly)
            return await VerifyAsync(Save(finished));

        // Consumers would read refused ones from the vault, while those in use are still valid. A signal waits for this as for the save.
        finished = await VerifyAsync(finished, isBeforeSaving: true);
        if (finished.Rotation?.Verified is not true)
            return scope.Options.Save is null ? finished : Saved(finished, "They were not verified, so -SaveWith did not run.");

        // And once more: somebody may have rotated the application while they were being saved.
        return await VerifyAsync(Save(finished));
    }

    private FinishedRotation Save(FinishedRotation finished) => scope.Options.Save is { } save && finished.Rotation is { } rotation
        ? Saved(finished, TrySave(save, rotation))
        : finished;

    private async Task<FinishedRotation> VerifyAsync(FinishedRotation finished, bool isBeforeSaving = false)
    {
        if (!scope.Options.Verify || finished.Rotation is not { } rotation)
            return finished;

        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(
            scope.Output.Stopping, isBeforeSaving ? CancellationToken.None : scope.Guard.Terminating);
        try
        {
            var credential = new ClientCredential(rotation.ClientId, rotation.Credential.Password);
            var isAccepted = await scope.Client.VerifyCredentialAsync(credential, scope.Progress, cancel.Token);
            return Applied(keeper.Update(finished, kept => kept.WithVerified(isAccepted)));
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
        if (scope.Output.IsInterrupted)
            return "The command was stopped before they could be saved.";

        try
        {
            return save.Save(rotation);
        }
        catch (PipelineStoppedException)
        {
            // At a terminal, Ctrl+C at a prompt ends what prompts and nothing else, but a person wants the whole to end.
            scope.Output.Stop();
            return $"The command was stopped while the credentials of {scope.Application} were being saved.";
        }
        catch (Exception failure)
        {
            // Whatever it is: the credentials were received, and the person must be told where they are.
            return $"There was an unexpected {failure.GetType().Name}.";
        }
    }

    private FinishedRotation Saved(FinishedRotation finished, string? problem)
    {
        if (problem is null && finished.Rotation is { } rotation)
            scope.Client.AddSaved(scope.Application, rotation.ClientId);

        return Applied(keeper.Update(finished, kept => kept.WithSaved(problem is null)) with { SaveProblem = problem });
    }

    private FinishedRotation Applied(FinishedRotation finished)
    {
        scope.StopRule.Apply(scope.Application, finished);
        return finished;
    }
}
