using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// Saves the current credentials once before the rotation: a vault that cannot be written shows while they are still valid.
/// </summary>
/// <param name="input">The application.</param>
/// <param name="options">What the person asked for.</param>
/// <param name="output">The pipeline's streams and the host.</param>
internal sealed class SaveRehearsal(RotationInput input, RotationOptions options, PipelineOutput output)
{
    /// <summary>Rehearses, if -RehearseSave is given.</summary>
    /// <param name="application">The application as it was looked up.</param>
    /// <returns>False when they could not be saved, which an error says.</returns>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped.</exception>
    public bool TryRun(Application application)
    {
        if (!options.RehearseSave || options.Save is not { } save || input.Current is not { } current)
            return true;

        var rehearsal = new CredentialRotation(
            input.Reference.ApplicationId,
            input.Reference.ManagingEntityId,
            new PSCredential(current.UserName, current.Password.Copy()),
            options.Connection.Time.GetUtcNow().UtcDateTime,
            application.Name,
            isRehearsal: true);
        if (save.Save(rehearsal) is not { } problem)
            return true;

        output.WriteOrDeferError(WinkErrors.SaveUnavailable(input.Reference, problem));
        return false;
    }
}
