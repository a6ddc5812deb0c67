using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>A cmdlet that acts over a connection: the one that it is given, or else the runspace's current one.</summary>
public abstract class ConnectedCmdlet : WinkCmdlet
{
    private LiveConnection? _live;

    private protected ConnectedCmdlet()
    {
    }

    /// <summary>The connection to use, as Connect-Wink -PassThru returned it.</summary>
    /// <value>the current connection of the runspace</value>
    [Parameter]
    [ConnectionTransformation]
    [ValidateNotNull]
    public WinkConnection? Connection { get; set; }

    /// <summary>The connection, after the check that requests can be sent over it.</summary>
    private protected LiveConnection Live => _live ?? throw new InvalidOperationException("BeginProcessing finds the connection.");

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        Connection ??= CurrentConnection.Get();
        _live = Connection?.Live;
        if (_live is null or { Client.IsSignedOut: true })
            ThrowTerminatingError(WinkErrors.NotConnected(Connection));
    }
}
