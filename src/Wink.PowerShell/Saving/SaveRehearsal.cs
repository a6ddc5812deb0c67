using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// Saves the current credentials once before the rotation: a vault that cannot be written shows while they are still valid.
/// </summary>
/// <param name="scope">What the steps of one rotation share.</param>
internal sealed class SaveRehearsal(RotationScope scope)
{
    /// <summary>Rehearses, if -RehearseSave is given.</summary>
    /// <param name="application">The application as it was looked up.</param>
    /// <returns>False when they could not be saved, which an error says.</returns>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped.</exception>
    public bool TryRun(Application application)
    {
        if (!scope.Options.RehearseSave || scope.Options.Save is not { } save || scope.Input.Current is not { } current)
            return true;

        var rehearsal = new CredentialRotation(
            scope.Application.ApplicationId,
            scope.Application.ManagingEntityId,
            new PSCredential(current.UserName, current.Password.Copy()),
            scope.Options.Connection.Time.GetUtcNow().UtcDateTime,
            application.Name,
            isRehearsal: true,
            apiUri: scope.Options.Connection.Endpoints.Api);
        if (save.Save(rehearsal) is not { } problem)
            return true;

        scope.Output.WriteOrDeferError(WinkErrors.SaveUnavailable(scope.Application, problem));
        return false;
    }
}
