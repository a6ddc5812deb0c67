using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>Shows the current connection; nothing when there is none.</summary>
[Cmdlet(VerbsCommon.Get, "WinkConnection")]
[OutputType(typeof(WinkConnection))]
public sealed class GetWinkConnectionCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (CurrentConnection.Get() is { Live.Client.IsSignedOut: false } connection)
            WriteObject(connection);
    }
}
