using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>Returns the rotations made in this runspace or over a connection, newest last.</summary>
/// <remarks>
/// <para>
/// New credentials are kept before they are written to the pipeline. So they are here even when the pipeline was stopped (Ctrl+C,
/// Select-Object -First, an error downstream) before they came out.
/// </para>
/// <para>
/// Without -Connection these are the rotations made in this runspace, and those that another runspace made over a connection of this one,
/// as ForEach-Object -Parallel and Start-ThreadJob do with -Connection $using:wink. With -Connection they are those made over that
/// connection, in whichever runspace. Nothing is read from Wink, so no connection is needed.
/// </para>
/// <para>
/// The history is in memory. Connecting elsewhere, disconnecting and Import-Module -Force keep it. It ends with the runspace and its
/// connections: a job that connects by itself takes its history with it when it is stopped. Give such a job a connection by -Connection, or
/// use -EscrowPath.
/// </para>
/// <note>Nothing is read from Wink, which never shows a secret again.</note>
/// </remarks>
/// <input cref="object">Any object with the property ApplicationId (or Id).</input>
/// <returns>The rotations, each with its Credential.</returns>
/// <example>
/// <title>The newest credentials</title>
/// <code>(Get-WinkCredentialRotation)[-1].Credential</code>
/// <para>Returns the newest credentials that were made in this runspace.</para>
/// </example>
/// <example>
/// <title>After Ctrl+C</title>
/// <code>Get-WinkCredentialRotation -ApplicationId booking-engine</code>
/// <para>Shows whether a rotation that was stopped in flight brought new credentials.</para>
/// </example>
/// <seealso cref="InvokeWinkCredentialRotationCommand"/>
/// <seealso cref="TestWinkCredentialCommand"/>
/// <seealso>about_Wink_Rotation</seealso>
[Cmdlet(VerbsCommon.Get, "WinkCredentialRotation")]
[OutputType(typeof(CredentialRotation))]
public sealed class GetWinkCredentialRotationCommand : RotationHistoryCmdlet
{
    /// <summary>
    /// Also returns credentials that came in the response to a rotation but are not known to be the new ones of the application, as when a
    /// gateway mixes up responses. Their property Doubt says why, and ApplicationId is the id that they name, empty where they name none.
    /// -ApplicationId finds them by that id and by the id of the application that was to be rotated. Do not save them unseen:
    /// Test-WinkCredential tells whether they are valid.
    /// </summary>
    [Parameter]
    public SwitchParameter IncludeDoubtful { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var found = RotationHistory.Of(Connection).Rotations
            .Where(rotation => IsMeant(rotation) && (IncludeDoubtful || rotation.Doubt is null))
            .ToList();
        WriteObject(found, enumerateCollection: true);
        if (found.Count == 0 && ApplicationId is not null)
            WriteError(WinkErrors.RotationNotFound(ApplicationId));
    }
}
