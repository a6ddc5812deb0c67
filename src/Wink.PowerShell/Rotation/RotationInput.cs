using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>One application that is to be rotated, as the person or the pipeline gave it.</summary>
/// <param name="Reference">The application.</param>
/// <param name="Object">The input object of Get-WinkApplication, if it was one.</param>
/// <param name="Current">The credentials that are used now (-CurrentCredential); null where they are not given.</param>
internal sealed record RotationInput(ApplicationReference Reference, WinkApplication? Object = null, PSCredential? Current = null)
{
    /// <summary>An object that can be piped to Invoke-WinkCredentialRotation again.</summary>
    public object ToPipe()
    {
        if (Current is null)
            return Reference;

        var piped = new PSObject(Reference);
        piped.Properties.Add(new PSNoteProperty(nameof(InvokeWinkCredentialRotationCommand.CurrentCredential), Current));
        return piped;
    }
}
