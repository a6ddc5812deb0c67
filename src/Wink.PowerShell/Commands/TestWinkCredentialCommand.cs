using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Tells whether Wink accepts a client id and its secret.</summary>
/// <remarks>
/// <para>
/// Asks IAM for a token with the credentials: $true when IAM accepts them, $false when it refuses them. When that cannot be told, as when
/// IAM gives no response, it is an error and nothing is returned.
/// </para>
/// <para>IAM is that of the connection; the connection itself is not changed.</para>
/// <note>Credentials that IAM knows, but that may not have the scope account.read, are accepted, too.</note>
/// </remarks>
/// <input cref="PSCredential">The credentials, or an object with the property Credential, such as a rotation.</input>
/// <returns>$true or $false.</returns>
/// <example>
/// <title>Are the old credentials still valid?</title>
/// <code>Test-WinkCredential -Credential (Get-Secret wink-booking-engine)</code>
/// <para>Tells it by a token request; nothing is rotated.</para>
/// </example>
/// <example>
/// <title>Test what was rotated</title>
/// <code>Get-WinkCredentialRotation | Test-WinkCredential</code>
/// <para>One $true or $false for each rotation in the history.</para>
/// </example>
/// <seealso cref="InvokeWinkCredentialRotationCommand"/>
/// <seealso cref="GetWinkCredentialRotationCommand"/>
/// <seealso cref="ConnectWinkCommand"/>
/// <seealso>about_Wink_Rotation</seealso>
[Cmdlet(VerbsDiagnostic.Test, "WinkCredential")]
[OutputType(typeof(bool))]
public sealed class TestWinkCredentialCommand : ConnectedCmdlet
{
    /// <summary>The client id as user name, and the secret.</summary>
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
