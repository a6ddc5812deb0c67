using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>
/// Returns the rotations made so far, newest last, also those whose pipeline was stopped before they came out: those made in this runspace or over
/// a connection of it, or those over the connection that is given.
/// </summary>
[Cmdlet(VerbsCommon.Get, "WinkCredentialRotation")]
[OutputType(typeof(CredentialRotation))]
public sealed class GetWinkCredentialRotationCommand : PSCmdlet
{
    /// <summary>The application's id; without it, those of all applications.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(RotatedApplicationCompleter))]
    public string? ApplicationId { get; set; }

    /// <summary>Only those made over this connection, also one that was ended.</summary>
    [Parameter]
    [ConnectionTransformation]
    public WinkConnection? Connection { get; set; }

    /// <summary>
    /// Also returns credentials that came in the response to a rotation but are not known to be the application's. A script that saves what it is
    /// given must not save those.
    /// </summary>
    [Parameter]
    public SwitchParameter IncludeDoubtful { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(
        RotationHistory.Of(Connection).Rotations.Where(IsWanted),
        enumerateCollection: true);

    private bool IsWanted(CredentialRotation rotation) => (IncludeDoubtful || rotation.Doubt is null) &&
        (string.IsNullOrEmpty(ApplicationId) || Is(rotation.ApplicationId) || Is(rotation.RequestedFor));

    private bool Is(string? applicationId) => string.Equals(applicationId, ApplicationId, StringComparison.OrdinalIgnoreCase);
}
