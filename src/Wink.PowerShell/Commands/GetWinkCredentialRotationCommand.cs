using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>Returns the rotations made over a connection so far, newest last: also those whose pipeline was stopped before they came out.</summary>
[Cmdlet(VerbsCommon.Get, "WinkCredentialRotation")]
[OutputType(typeof(CredentialRotation))]
public sealed class GetWinkCredentialRotationCommand : ConnectedCmdlet
{
    /// <summary>The application's id; without it, those of all applications.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(RotatedApplicationCompleter))]
    public string? ApplicationId { get; set; }

    /// <summary>Nothing is sent, so a connection that was ended will do.</summary>
    protected override void BeginProcessing()
    {
        Connection ??= CurrentConnection.GetLast();
        if (Connection is null)
            ThrowTerminatingError(WinkErrors.NotConnected(Connection));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(
        Connection!.Record.Rotations.Where(rotation => string.IsNullOrEmpty(ApplicationId) || rotation.ApplicationId == ApplicationId),
        enumerateCollection: true);
}
