using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>What must hold before a rotation may be sent: the expected client id, somebody's consent, and a place for the copy.</summary>
internal sealed class RotationPreflight(InvokeWinkCredentialRotationCommand cmdlet)
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromMilliseconds(500);

    // A relative path is relative to where the pipeline began: what comes later in it may change the location.
    private string? _escrowFolder;

    /// <summary>Asks for all of it.</summary>
    /// <param name="reference">The application.</param>
    /// <param name="application">The application as it was looked at.</param>
    /// <param name="escrow">The place for an encrypted copy, where one was asked for.</param>
    /// <returns>False when nothing may be sent; where that is a failure, it was told.</returns>
    public bool TryPass(ApplicationReference reference, Application application, out EscrowFile? escrow)
    {
        escrow = null;
        return IsExpected(reference, application) && Ask(reference, application) && TryReserve(reference, application, out escrow);
    }

    private bool IsExpected(ApplicationReference reference, Application application)
    {
        if (cmdlet.ExpectedClientId is not { } expected || expected == application.ClientId)
            return true;

        cmdlet.Fail(WinkErrors.UnexpectedClientId(reference, expected, TerminalText.OneLine(application.ClientId)));
        return false;
    }

    private bool Ask(ApplicationReference reference, Application application)
    {
        var name = TerminalText.OneLine(application.Name) is { } known ? $" '{known}'" : "";
        var credential = TerminalText.OneLine(application.ClientId) is { } clientId ? $"client id {clientId}" : "client id not known";
        var owner = TerminalText.OneLine(application.OwnerName) is { } company ? $", owned by '{company}'," : "";
        var what = $"Rotate the credentials of application{name} ({reference.ApplicationId}) of managing entity " +
            $"{reference.ManagingEntityId}{owner} in {cmdlet.Connection}. The old pair ({credential}) stops working at once.";
        try
        {
            return cmdlet.ShouldProcess(what, $"{what}\nContinue?", "Rotate credentials");
        }
        catch (Exception nobody) when (nobody is not (PipelineStoppedException or ActionPreferenceStopException or FlowControlException))
        {
            // A host throws what it likes: the console a null reference, where its standard input has ended. So it does at Ctrl+C, a moment before
            // the pipeline is known to be stopped; then somebody was there, and has declined.
            if (SpinWait.SpinUntil(() => cmdlet.Stopping, LongestStop))
                return false;

            cmdlet.Fail(WinkErrors.ConfirmationUnavailable(reference, nobody));
            return false;
        }
    }

    private bool TryReserve(ApplicationReference reference, Application application, out EscrowFile? escrow)
    {
        escrow = null;
        if (cmdlet.EscrowPath is not { } path || cmdlet.EscrowCertificate is not { } recipient)
            return true;

        try
        {
            _escrowFolder ??= FileSystemPath.Of(cmdlet.SessionState.Path, path);
            escrow = EscrowFile.Reserve(_escrowFolder, recipient, reference, application, cmdlet.Connection!.ToString());
            return true;
        }
        catch (Exception failure) when (failure is not PipelineStoppedException)
        {
            // Whatever it is, also a library that can't be loaded: without a place for the copy nothing may be sent.
            cmdlet.Fail(WinkErrors.EscrowUnavailable(reference, failure, path));
            return false;
        }
    }
}
