using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>A cmdlet that acts over a connection: the one that it is given, or else the runspace's current one.</summary>
public abstract class ConnectedCmdlet : WinkCmdlet
{
    private protected ConnectedCmdlet()
    {
    }

    /// <summary>The connection to use, as Connect-Wink -PassThru returned it.</summary>
    /// <value>the current connection of the runspace</value>
    [Parameter]
    [ConnectionTransformation]
    public WinkConnection? Connection { get; set; }

    /// <summary>The connection's client.</summary>
    internal WinkClient Client => Connection!.Client!;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        Connection ??= CurrentConnection.Get();
        if (Connection?.Client is null or { IsSignedOut: true })
            ThrowTerminatingError(WinkErrors.NotConnected(Connection));
    }
}
