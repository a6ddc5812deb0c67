using System.Management.Automation;
using System.Net;
using System.Security;
using Wink.Client;
using Wink.Client.RestSharp;

namespace Wink.PowerShell;

/// <summary>Signs in to Wink and makes that the runspace's current connection.</summary>
[Cmdlet(VerbsCommunications.Connect, "Wink", DefaultParameterSetName = CredentialSet)]
[OutputType(typeof(WinkConnection))]
public sealed class ConnectWinkCommand : WinkCmdlet
{
    private const string CredentialSet = "Credential";
    private const string AccessTokenSet = "AccessToken";
    private const string EnvironmentVariableSet = "EnvironmentVariable";

    /// <summary>The client id as user name and the secret as password; prompted for when left out.</summary>
    [Parameter(ParameterSetName = CredentialSet, Position = 0)]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>An access token that was got elsewhere. It can't be renewed.</summary>
    [Parameter(ParameterSetName = AccessTokenSet, Mandatory = true)]
    public SecureString? AccessToken { get; set; }

    /// <summary>Takes WINK_CLIENT_ID, WINK_CLIENT_SECRET and, where set, WINK_ENVIRONMENT.</summary>
    [Parameter(ParameterSetName = EnvironmentVariableSet, Mandatory = true)]
    public SwitchParameter EnvironmentVariable { get; set; }

    /// <summary>Production (default) or Staging.</summary>
    [Parameter]
    [ValidateSet("Production", "Staging")]
    public string? Environment { get; set; }

    /// <summary>The base URI of another API; goes with IamUri.</summary>
    [Parameter]
    public Uri? ApiUri { get; set; }

    /// <summary>The base URI of another IAM; goes with ApiUri.</summary>
    [Parameter]
    public Uri? IamUri { get; set; }

    /// <summary>The scopes to ask for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScopeCompleter))]
    public string[] Scope { get; set; } = ["account.read", "account.write"];

    /// <summary>How long one request may take, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int TimeoutSec { get; set; } = 100;

    /// <summary>The proxy to go through.</summary>
    [Parameter]
    public Uri? Proxy { get; set; }

    /// <summary>The proxy's credential.</summary>
    [Parameter]
    [Credential]
    public PSCredential? ProxyCredential { get; set; }

    /// <summary>Also returns the connection.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        WarnOfAnotherCopy();
        // A script that goes on after a failed Connect-Wink must not act over the connection before it.
        CurrentConnection.Clear();
        var (client, options) = Client();
        SignIn(client, options);
        var connection = new WinkConnection(new LiveConnection(client, options.Endpoints, RotationHistory.OfRunspace), options);
        CurrentConnection.Set(connection);
        if (PassThru)
            WriteObject(connection);
    }

    /// <summary>.NET keeps to the assembly that it loaded first, whichever copy of the module is imported later.</summary>
    private void WarnOfAnotherCopy()
    {
        var loaded = typeof(ConnectWinkCommand).Assembly.Location;
        if (MyInvocation.MyCommand.Module?.ModuleBase is { Length: > 0 } imported && !loaded.StartsWith(imported, StringComparison.OrdinalIgnoreCase))
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

    private WinkEndpoints Endpoints()
    {
        if ((ApiUri is null) != (IamUri is null))
            throw new ArgumentException("-ApiUri and -IamUri go together: give both or neither.");

        if (ApiUri is not null && IamUri is not null)
        {
            return Environment is null
                ? WinkEndpoints.Custom(ApiUri, IamUri)
                : throw new ArgumentException("Give either -Environment or -ApiUri and -IamUri.");
        }

        return WinkEndpoints.Named(Environment ?? (EnvironmentVariable ? WinkEnvironmentVariables.EnvironmentName : null) ?? "Production");
    }

    private ClientCredential? ClientCredential()
    {
        if (AccessToken is not null)
            return null;

        if (EnvironmentVariable)
            return WinkEnvironmentVariables.Credential();

        var credential = Credential
            ?? Host.UI.PromptForCredential("Connect to Wink", "User name: the client id. Password: the secret.", "", "")
            ?? throw new ArgumentException("No credential was given.");
        return new ClientCredential(credential.UserName, credential.Password);
    }
}
