using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>A cmdlet that acts on the rotations of this runspace or of a connection.</summary>
public abstract class RotationHistoryCmdlet : PSCmdlet
{
    private protected RotationHistoryCmdlet()
    {
    }

    /// <summary>The id of the application whose rotations are meant; without it, those of all. Tab completes it.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [TextTransformation]
    [ArgumentCompleter(typeof(RotatedApplicationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ApplicationId { get; set; }

    /// <summary>
    /// Only what was rotated over this connection, as Connect-Wink -PassThru returned it, in whichever runspace. It may have been ended.
    /// </summary>
    [Parameter]
    [ConnectionTransformation]
    [ValidateNotNull]
    public WinkConnection? Connection { get; set; }

    /// <summary>Whether a rotation is of the application that is meant, or was to be.</summary>
    private protected bool IsMeant(CredentialRotation rotation) =>
        ApplicationId is null || Is(rotation.ApplicationId) || Is(rotation.RequestedFor);

    private bool Is(string? applicationId) => string.Equals(applicationId, ApplicationId, StringComparison.OrdinalIgnoreCase);
}
