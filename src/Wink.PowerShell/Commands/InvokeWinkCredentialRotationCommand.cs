using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Rotates applications' credentials: each request is sent at most once, and the old pair is dead at once.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "WinkCredentialRotation", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(CredentialRotation))]
public sealed class InvokeWinkCredentialRotationCommand : WinkCmdlet
{
    /// <summary>The id of the managing entity that owns the application.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public string ManagingEntityId { get; set; } = "";

    /// <summary>The application's id.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    public string ApplicationId { get; set; } = "";

    /// <summary>The connection to use instead of the current one.</summary>
    [Parameter]
    public WinkConnection? Connection { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        Connection ??= CurrentConnection.Get();
        if (Connection?.Client is null)
            ThrowTerminatingError(WinkErrors.NotConnected(Connection));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var reference = new ApplicationReference(ManagingEntityId, ApplicationId);
            var application = Look(reference);
            if (Ask(reference, application))
                Rotate(reference, application);
        }
        catch (ArgumentException invalid)
        {
            WriteError(WinkErrors.InvalidArgument(invalid, ApplicationId));
        }
        catch (RotationOutcomeException failure)
        {
            WriteError(WinkErrors.RotationFailed(failure));
        }
        catch (OperationCanceledException)
        {
            // Stopped before anything was sent.
            throw new PipelineStoppedException();
        }
    }

    private WinkClient Client => Connection!.Client!;

    /// <summary>Reads the application's name and client id. The token may lack the right to read, so a failure blocks nothing.</summary>
    private Application Look(ApplicationReference reference)
    {
        try
        {
            return Await((log, cancellation) => Client.GetApplicationAsync(reference, log, cancellation));
        }
        catch (WinkException failure)
        {
            WriteVerbose($"The name and client id of {reference} couldn't be read: {failure.Message}");
            return new Application();
        }
    }

    private bool Ask(ApplicationReference reference, Application application)
    {
        var name = TerminalText.OneLine(application.Name) is { } known ? $" '{known}'" : "";
        var pair = TerminalText.OneLine(application.ClientId) is { } clientId ? $"client id {clientId}" : "client id not known";
        var what = $"Rotate the credentials of application{name} ({reference.ApplicationId}) of managing entity " +
            $"{reference.ManagingEntityId} in {Connection}. The old pair ({pair}) stops working at once.";
        return ShouldProcess(what, $"{what}\nContinue?", "Rotate credentials");
    }

    private void Rotate(ApplicationReference reference, Application application)
    {
        var rotated = Await((log, cancellation) => Client.RotateCredentialsAsync(reference, log, cancellation));
        WriteObject(new CredentialRotation(
            reference.ApplicationId,
            reference.ManagingEntityId,
            new PSCredential(rotated.Credential.ClientId, rotated.Credential.Secret),
            rotated.RotatedAt,
            application.Name,
            application.ClientId));

        // Only now: a warning can end the pipeline (-WarningAction Stop), and the pair must be out by then.
        if (rotated.AnsweredApplicationId != reference.ApplicationId)
        {
            var answered = TerminalText.OneLine(rotated.AnsweredApplicationId) ?? "none";
            WriteWarning($"Wink answered the rotation of {reference} with another application's id ({answered}). The new pair is returned as it came.");
        }
    }
}
