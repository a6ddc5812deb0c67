using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Removes rotations, with their secrets, from the history of this runspace or of a connection.</summary>
/// <remarks>
/// <para>
/// Get-WinkCredentialRotation keeps the new credentials in memory as long as the runspace and its connections live. Where they are saved,
/// and the session goes on for long, remove them. The credentials at Wink stay as they are.
/// </para>
/// <para>
/// Without -Connection they are removed from the history of this runspace, and from that of its current connection; with -Connection, those
/// that were made over it are, from all histories that keep them. Credentials that came out of another command stay in its variables.
/// </para>
/// <para>
/// What is removed no longer keeps Switch-WinkCredential from rotating the application. With -ApplicationId, and without -Connection, that
/// holds for all credentials of the application that this process received from the API that the current connection goes to, also in
/// runspaces that have ended.
/// </para>
/// <note>Wink never shows a secret again. What was not saved is lost.</note>
/// </remarks>
/// <parameter name="WhatIf"><summary>Shows what would be removed, and removes nothing.</summary></parameter>
/// <parameter name="Confirm"><summary>Asks before it removes anything.</summary></parameter>
/// <input cref="CredentialRotation">Only this rotation is removed.</input>
/// <input cref="object">Any object with the property ApplicationId (or Id): all rotations of that application are removed.</input>
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
public sealed class ClearWinkCredentialRotationCommand : RotationHistoryCmdlet
{
    /// <summary>A rotation, as Get-WinkCredentialRotation returns it: only this one is removed.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public CredentialRotation? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var whose = InputObject is { } one ? $"the rotation of {one.ApplicationId} to client ID {TerminalText.OneLine(one.ClientId)}"
            : ApplicationId is null ? "the rotations of all applications"
            : $"the rotations of application {ApplicationId}";
        var kept = RotationHistory.Of(Connection).Rotations.Where(IsToRemove).ToList();
        var unsaved = kept.Count(rotation => rotation.Saved is not true);
        if (!ShouldProcess($"{whose} in the history (number: {kept.Count}, not saved by -SaveWith: {unsaved})", "Remove"))
            return;

        // What is kept in another runspace, too, would still be found over the connection.
        var live = (Connection ?? CurrentConnection.Get())?.Live;
        var hasRemoved = Dismiss(live?.Remove(RotationHistory.OfRunspace, IsToRemove) ?? []);
        if (Connection is null)
            hasRemoved |= Dismiss(RotationHistory.OfRunspace.Remove(IsToRemove));

        // The runspace that received them may be gone, and the histories that kept them with it.
        if (ApplicationId is not null && Connection is null && InputObject is null)
            hasRemoved |= live?.Client.DismissAll(ApplicationId) is true;

        if (ApplicationId is not null && !hasRemoved)
            WriteError(WinkErrors.RotationNotFound(ApplicationId, InputObject?.ClientId));
    }

    /// <summary>An object binds by its id as well. With another id on the command line it is not meant.</summary>
    private bool IsToRemove(CredentialRotation rotation) => IsMeant(rotation) &&
        (InputObject is not { } one || (rotation.ApplicationId == one.ApplicationId && rotation.ClientId == one.ClientId));

    private static bool Dismiss(IReadOnlyCollection<CredentialRotation> removed)
    {
        foreach (var rotation in removed)
            WinkClient.Dismiss(rotation.ApplicationId, rotation.ClientId);

        return removed.Count > 0;
    }
}
