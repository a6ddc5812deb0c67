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
/// Without -Connection they are removed from the history of this runspace, and from that of its current connection; with -Connection, from
/// that of the connection. Credentials that came out of another command stay in its variables.
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
public sealed class ClearWinkCredentialRotationCommand : RotationHistoryCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var whose = ApplicationId is null ? "all applications" : $"application {ApplicationId}";
        var kept = RotationHistory.Of(Connection).Rotations.Where(IsMeant).ToList();
        var unsaved = kept.Count(rotation => rotation.Saved is not true);
        if (!ShouldProcess(
            $"the rotations of {whose} in the history (number: {kept.Count}, not saved by -SaveWith: {unsaved})", "Remove"))
        {
            return;
        }

        // What is kept in another runspace, too, would still be found over the connection.
        var live = (Connection ?? CurrentConnection.Get())?.Live;
        var hasRemoved = Dismiss(live?.Remove(RotationHistory.OfRunspace, IsMeant) ?? []);
        if (Connection is null)
            hasRemoved |= Dismiss(RotationHistory.OfRunspace.Remove(IsMeant));

        // The runspace that received them may be gone, and the histories that kept them with it.
        if (ApplicationId is not null && Connection is null)
            hasRemoved |= live?.Client.DismissAll(ApplicationId) is true;

        if (ApplicationId is not null && !hasRemoved)
            WriteError(WinkErrors.RotationNotFound(ApplicationId));
    }

    private static bool Dismiss(IReadOnlyCollection<CredentialRotation> removed)
    {
        foreach (var rotation in removed)
            WinkClient.Dismiss(rotation.ApplicationId, rotation.ClientId);

        return removed.Count > 0;
    }
}
