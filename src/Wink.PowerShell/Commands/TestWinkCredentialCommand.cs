using System.Management.Automation;
using Wink.Client;
using Wink.Client.RestSharp;

namespace Wink.PowerShell;

/// <summary>Tells whether Wink accepts a client ID and its secret.</summary>
/// <remarks>
/// <para>
/// Asks IAM for a token with the credentials: $true when IAM accepts them, $false when it refuses them. When that cannot be told, as when
/// IAM gives no response, it is an error and nothing is returned.
/// </para>
/// <para>
/// IAM is that of the connection, which is not changed. No connection is needed with -Environment, or with -ApiUri and -IamUri.
/// </para>
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
/// <title>Without a connection</title>
/// <code>Test-WinkCredential (Get-Secret wink-booking-engine) -Environment Production</code>
/// <para>Asks the IAM of production. Nothing else is needed than the credentials themselves.</para>
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
    private WinkEndpoints? _endpoints;

    /// <summary>The client ID as user name, and the secret.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public PSCredential Credential { get; set; } = PSCredential.Empty;

    /// <summary>Which Wink to ask, without a connection: Production or Staging.</summary>
    [Parameter]
    [ValidateSet("Production", "Staging")]
    public string? Environment { get; set; }

    /// <summary>The base address of another API, together with -IamUri: which Wink to ask, without a connection.</summary>
    [Parameter]
    public Uri? ApiUri { get; set; }

    /// <summary>The base address of another IAM, which is asked, together with -ApiUri. It must be https, or http on loopback.</summary>
    [Parameter]
    public Uri? IamUri { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Environment is null && ApiUri is null && IamUri is null)
        {
            base.BeginProcessing();
            return;
        }

        try
        {
            _endpoints = Connection is null
                ? EndpointParameters.Endpoints(Environment, ApiUri, IamUri, otherwise: "Production")
                : throw new ArgumentException("Give either -Connection, or -Environment, or -ApiUri and -IamUri.");
        }
        catch (ArgumentException invalid)
        {
            ThrowTerminatingError(WinkErrors.InvalidArgument(invalid, null));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var credential = new ClientCredential(Credential.UserName, Credential.Password);
            if (_endpoints is null)
            {
                Test(Live.Client, credential);
                return;
            }

            var options = new WinkClientOptions { Endpoints = _endpoints, Credential = credential };
            using var client = new WinkClient(options, http => new RestSharpPort(http));
            Test(client, credential);
        }
        catch (ArgumentException invalid)
        {
            WriteErrorNow(WinkErrors.InvalidArgument(invalid, Credential.UserName));
        }
        catch (ObjectDisposedException)
        {
            var disposed = new ArgumentException("The password of -Credential was disposed.");
            WriteErrorNow(WinkErrors.InvalidArgument(disposed, Credential.UserName));
        }
        catch (WinkException failure)
        {
            WriteErrorNow(WinkErrors.CredentialNotTested(failure, Credential.UserName));
        }
    }

    private void Test(WinkClient client, ClientCredential credential)
    {
        var isValid = false;
        Run(async (progress, cancellation) => isValid = await client.TestCredentialAsync(credential, progress, cancellation));
        Output.WriteVerbose($"IAM {(isValid ? "accepts" : "refuses")} {credential}.");
        WriteObject(isValid);
    }
}
