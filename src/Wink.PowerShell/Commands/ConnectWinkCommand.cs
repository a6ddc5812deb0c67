using System.Management.Automation;
using System.Net;
using System.Security;
using Wink.Client;
using Wink.Client.RestSharp;

namespace Wink.PowerShell;

/// <summary>Signs in to Wink and makes that the current connection of this runspace.</summary>
/// <remarks>
/// <para>
/// Gets an access token with the OAuth2 client credentials of a Wink application, so that a wrong secret, a scope that is not granted or an
/// unreachable IAM fails here and not in the middle of something. The token is renewed by itself as long as the connection is in use.
/// </para>
/// <para>
/// The connection belongs to the runspace, never to the process. When Connect-Wink fails, no connection is left, so that a script that goes
/// on cannot act over the one before.
/// </para>
/// <note>Certificates are always checked, and http is refused beyond loopback.</note>
/// </remarks>
/// <returns>With -PassThru, the connection.</returns>
/// <example>
/// <title>Sign in with a prompt</title>
/// <code>Connect-Wink -Credential (Get-Credential)</code>
/// <para>Asks for the client ID (as user name) and the secret (as password) and signs in to production.</para>
/// </example>
/// <example>
/// <title>Sign in unattended</title>
/// <code>Connect-Wink -EnvironmentVariable -Environment Staging</code>
/// <para>Takes the credentials from WINK_CLIENT_ID and WINK_CLIENT_SECRET and signs in to staging.</para>
/// </example>
/// <example>
/// <title>Keep two connections</title>
/// <code>
/// $a = Connect-Wink -Credential $credentialA -PassThru
/// $b = Connect-Wink -Credential $credentialB -PassThru
/// Invoke-WinkCredentialRotation -ManagingEntityId travel-tech -ApplicationId booking-engine -Connection $a -WhatIf
/// </code>
/// <para>Each call says over which connection it goes; the current one is $b.</para>
/// </example>
/// <seealso cref="GetWinkConnectionCommand"/>
/// <seealso cref="InvokeWinkCredentialRotationCommand"/>
/// <seealso>about_Wink_Automation</seealso>
[Cmdlet(VerbsCommunications.Connect, "Wink", DefaultParameterSetName = CredentialSet)]
[OutputType(typeof(WinkConnection))]
public sealed class ConnectWinkCommand : WinkCmdlet
{
    private const string CredentialSet = "Credential";
    private const string AccessTokenSet = "AccessToken";
    private const string EnvironmentVariableSet = "EnvironmentVariable";

    /// <summary>The client ID as user name and the secret as password. Prompted for when left out.</summary>
    [Parameter(ParameterSetName = CredentialSet, Position = 0)]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>An access token that was obtained elsewhere. It is used as it is and cannot be renewed.</summary>
    [Parameter(ParameterSetName = AccessTokenSet, Mandatory = true)]
    public SecureString? AccessToken { get; set; }

    /// <summary>
    /// Takes the client ID from WINK_CLIENT_ID, the secret from WINK_CLIENT_SECRET and, where it is set and -Environment is not given, the
    /// environment from WINK_ENVIRONMENT. Where neither of the first two is set, WINK_TRAVEL_CLIENT_ID and WINK_TRAVEL_CLIENT_SECRET, which
    /// Wink's own SDK reads.
    /// </summary>
    [Parameter(ParameterSetName = EnvironmentVariableSet, Mandatory = true)]
    public SwitchParameter EnvironmentVariable { get; set; }

    /// <summary>Which Wink: Production or Staging. Staging sleeps when unused; its first response can take about a minute.</summary>
    /// <value>Production</value>
    [Parameter]
    [ValidateSet("Production", "Staging")]
    public string? Environment { get; set; }

    /// <summary>
    /// The base address of another API, together with -IamUri and instead of -Environment. It must be https, or http on loopback.
    /// </summary>
    [Parameter]
    public Uri? ApiUri { get; set; }

    /// <summary>
    /// The base address of another IAM (the OAuth2 server), together with -ApiUri and instead of -Environment. It must be https, or http on
    /// loopback.
    /// </summary>
    [Parameter]
    public Uri? IamUri { get; set; }

    /// <summary>
    /// The scopes to ask for. The token carries these and no others, and one that the application is not registered for fails the sign-in.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScopeCompleter))]
    public string[] Scope { get; set; } = ["account.read", "account.write"];

    /// <summary>How long one request may take, in seconds, from its start to the last byte of its response: 1 to 3600.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int TimeoutSec { get; set; } = 100;

    /// <summary>
    /// The proxy to go through. Without it the setting of the system holds. A proxy only carries TLS tunnels; http on loopback goes direct.
    /// </summary>
    [Parameter]
    public Uri? Proxy { get; set; }

    /// <summary>The credential of the proxy.</summary>
    [Parameter]
    [Credential]
    public PSCredential? ProxyCredential { get; set; }

    /// <summary>Also returns the connection, for the -Connection parameter of other cmdlets.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        WarnOfAnotherCopy();
        // A script that continues after a failed Connect-Wink must not act over the previous connection.
        CurrentConnection.Clear();
        var (client, options) = Client();
        SignIn(client, options);
        var live = new LiveConnection(client, options.Endpoints, RotationHistory.OfRunspace, options.Time);
        var connection = new WinkConnection(live, options);
        CurrentConnection.Set(connection);
        var signedIn = TerminalText.OneLine(connection.ClientId) is { } id ? $" as client ID {id}" : "";
        Output.WriteVerbose(
            $"Connected to {connection}{signedIn}; the access token " +
            (connection.TokenExpiresAt is { } end ? $"expires at {end:u} and is renewed by itself." : "is renewed when Wink refuses it."));
        if (PassThru)
            WriteObject(connection);
    }

    /// <summary>.NET keeps the assembly that it loaded first, also when another copy of the module is imported later.</summary>
    private void WarnOfAnotherCopy()
    {
        var loaded = typeof(ConnectWinkCommand).Assembly.Location;
        if (MyInvocation.MyCommand.Module?.ModuleBase is { Length: > 0 } imported &&
            !loaded.StartsWith(imported, StringComparison.OrdinalIgnoreCase))
        {
            Output.WriteWarning(
                $"Another copy of Wink.PowerShell was loaded in this process before, and that one is used: {loaded}. " +
                $"Start a new PowerShell to use the one in {imported}.");
        }
    }

    private void SignIn(WinkClient client, WinkClientOptions options)
    {
        try
        {
            Run(client.SignInAsync);
        }
        catch (WinkException failure)
        {
            client.Dispose();
            ThrowTerminatingError(WinkErrors.SignInFailed(failure, options));
            throw;
        }
        catch (PipelineStoppedException)
        {
            client.Dispose();
            throw;
        }
    }

    private (WinkClient Client, WinkClientOptions Options) Client()
    {
        try
        {
            var options = new WinkClientOptions
            {
                Endpoints = Endpoints(),
                Credential = ClientCredential(),
                AccessToken = AccessToken,
                Scopes = Scope,
                Timeout = TimeSpan.FromSeconds(TimeoutSec),
                Proxy = Proxy is null ? null : new WebProxy(Proxy) { Credentials = ProxyCredential?.GetNetworkCredential() },
            };
            return (new WinkClient(options, http => new RestSharpPort(http)), options);
        }
        catch (ArgumentException invalid)
        {
            ThrowTerminatingError(WinkErrors.InvalidArgument(invalid, null));
            throw;
        }
    }

    private WinkEndpoints Endpoints() => EndpointParameters.Endpoints(
        Environment, ApiUri, IamUri, (EnvironmentVariable ? WinkEnvironmentVariables.EnvironmentName : null) ?? "Production");

    private ClientCredential? ClientCredential()
    {
        if (AccessToken is not null)
            return null;

        if (EnvironmentVariable)
            return WinkEnvironmentVariables.Credential();

        var credential = Credential
            ?? Host.UI.PromptForCredential("Connect to Wink", "User: the client ID. Password: the client secret.", "", "")
            ?? throw new ArgumentException("No credential was given.");
        // A copy: the caller may dispose the password before the token must be renewed.
        return new ClientCredential(credential.UserName, credential.Password.Copy());
    }
}
