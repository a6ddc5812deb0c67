using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>Removes rotations, with their secrets, from the history of this runspace or of a connection.</summary>
/// <remarks>
/// <para>
/// Get-WinkCredentialRotation keeps the new credentials in memory as long as the runspace and its connections live. Where they are saved,
/// and
/// the session goes on for long, remove them. The credentials at Wink stay as they are.
/// </para>
/// <para>
/// Without -Connection they are removed from the history of this runspace, and from that of its current connection; with -Connection, from
/// that of the connection. Credentials that came out of another command stay in its variables.
/// </para>
/// <note>Wink never shows a secret again. What was not saved is lost.</note>
/// </remarks>
/// <parameter name="WhatIf"><summary>Shows what would be removed, and removes nothing.</summary></parameter>
/// <parameter name="Confirm"><summary>Asks before it removes anything.</summary></parameter>
/// <input cref="object">Any object with the property ApplicationId (or Id).</input>
/// <example>
/// <title>Remove all</title>
/// <code>Clear-WinkCredentialRotation</code>
/// <para>The history is empty afterwards.</para>
/// </example>
/// <example>
/// <title>Remove those of one application</title>
/// <code>Clear-WinkCredentialRotation -ApplicationId booking-engine</code>
/// <para>Those of other applications stay.</para>
/// </example>
/// <seealso cref="GetWinkCredentialRotationCommand"/>
/// <seealso cref="InvokeWinkCredentialRotationCommand"/>
[Cmdlet(VerbsCommon.Clear, "WinkCredentialRotation", SupportsShouldProcess = true)]
public sealed class ClearWinkCredentialRotationCommand : PSCmdlet
{
    /// <summary>The id of the application whose rotations are removed; without it, those of all. Tab completes it.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(RotatedApplicationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ApplicationId { get; set; }

    /// <summary>Only from the history of this connection, as Connect-Wink -PassThru returned it. It may have been ended.</summary>
    [Parameter]
    [ConnectionTransformation]
    [ValidateNotNull]
    public WinkConnection? Connection { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var whose = ApplicationId is null ? "all applications" : $"application {ApplicationId}";
        if (!ShouldProcess($"the rotations of {whose} in the history", "Remove"))
            return;

        RotationHistory.Of(Connection).Remove(IsMeant);
        if (Connection is null)
            CurrentConnection.Get()?.Live?.History.Remove(IsMeant);
    }

    private bool IsMeant(CredentialRotation rotation) =>
        ApplicationId is null || Is(rotation.ApplicationId) || Is(rotation.RequestedFor);

    private bool Is(string? applicationId) => string.Equals(applicationId, ApplicationId, StringComparison.OrdinalIgnoreCase);
}
