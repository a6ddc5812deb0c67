using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>
/// Takes a PSCredential and nothing else. PowerShell would ask for the password of a text, and take a property that is there but empty for
/// one that is not given: then the rotation would be sent without the checks that the credentials are for.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CurrentCredentialTransformationAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject { BaseObject: var value } ? value : inputData) is PSCredential credential && credential != PSCredential.Empty
            ? credential
            : throw new ArgumentTransformationMetadataException(
                "-CurrentCredential is empty, or no PSCredential. Nothing was sent. Give what the vault holds, as Get-Secret returns it.");
}
