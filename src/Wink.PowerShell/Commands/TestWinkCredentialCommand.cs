using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Asks IAM whether a pair is in force: true when it accepts it, false when it refuses it, an error when that can't be told.</summary>
[Cmdlet(VerbsDiagnostic.Test, "WinkCredential")]
[OutputType(typeof(bool))]
public sealed class TestWinkCredentialCommand : ConnectedCmdlet
{
    /// <summary>The pair: client id as user name, secret as password.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public PSCredential Credential { get; set; } = PSCredential.Empty;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var credential = new ClientCredential(Credential.UserName, Credential.Password);
            var isValid = false;
            Run(async (progress, cancellation) => isValid = await Live.Client.TestCredentialAsync(credential, progress, cancellation));
            WriteObject(isValid);
        }
        catch (ArgumentException invalid)
        {
            WriteErrorNow(WinkErrors.InvalidArgument(invalid, Credential.UserName));
        }
        catch (WinkException failure)
        {
            WriteErrorNow(WinkErrors.CredentialNotTested(failure, Credential.UserName));
        }
    }
}
