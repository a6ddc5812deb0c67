using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security.Cryptography.X509Certificates;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Rotates applications' credentials: each request is sent at most once, and the old pair is dead at once.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "WinkCredentialRotation", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(CredentialRotation))]
public sealed class InvokeWinkCredentialRotationCommand : ConnectedCmdlet
{
    /// <summary>The id of the managing entity that owns the application.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ManagingEntityCompleter))]
    public string ManagingEntityId { get; set; } = "";

    /// <summary>The application's id.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ApplicationCompleter))]
    public string ApplicationId { get; set; } = "";

    /// <summary>The application that the ids came from, where the pipeline brought one; one that was read just now isn't read again.</summary>
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    public WinkApplication? InputObject { get; set; }

    /// <summary>The client id that the application must have now; with another one nothing is sent.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ExpectedClientId { get; set; }

    /// <summary>Gets a token with the new pair before it is returned, for up to 30 seconds.</summary>
    [Parameter]
    public SwitchParameter Verify { get; set; }

    /// <summary>The folder for an encrypted copy of each new pair; goes with EscrowCertificate.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? EscrowPath { get; set; }

    /// <summary>Whom the copy is encrypted for: a certificate, its thumbprint in CurrentUser\My or LocalMachine\My, or a .cer or .pem file.</summary>
    [Parameter]
    [CertificateTransformation]
    public X509Certificate2? EscrowCertificate { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if ((EscrowPath is null) != (EscrowCertificate is null))
            ThrowTerminatingError(WinkErrors.InvalidArgument(new ArgumentException("-EscrowPath and -EscrowCertificate go together: give both or neither."), null));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Reference() is not { } reference)
            return;

        try
        {
            var application = Look(reference);
            if (!IsExpected(reference, application) || !Ask(reference, application) || !TryReserve(reference, out var escrow))
                return;

            using (escrow)
                Speak(Rotate(reference, application, escrow));
        }
        catch (RotationOutcomeException failure)
        {
            Tell(WinkErrors.RotationFailed(failure));
        }
        catch (OperationCanceledException)
        {
            // Stopped before Wink acted on anything.
            throw new PipelineStoppedException();
        }
    }

    private ApplicationReference? Reference()
    {
        try
        {
            return new ApplicationReference(ManagingEntityId, ApplicationId);
        }
        catch (ArgumentException invalid)
        {
            WriteError(WinkErrors.InvalidArgument(invalid, ApplicationId));
            return null;
        }
    }

    /// <summary>Reads the application's name and client id. The token may lack the right to read, so a failure blocks nothing.</summary>
    private Application Look(ApplicationReference reference)
    {
        if (ExpectedClientId is null && InputObject is { } application && application.IsFresh(reference, Connection!))
            return application.Description;

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

    private bool IsExpected(ApplicationReference reference, Application application)
    {
        if (ExpectedClientId is null || ExpectedClientId == application.ClientId)
            return true;

        WriteError(WinkErrors.UnexpectedClientId(reference, ExpectedClientId, TerminalText.OneLine(application.ClientId)));
        return false;
    }

    private bool Ask(ApplicationReference reference, Application application)
    {
        var name = TerminalText.OneLine(application.Name) is { } known ? $" '{known}'" : "";
        var pair = TerminalText.OneLine(application.ClientId) is { } clientId ? $"client id {clientId}" : "client id not known";
        var owner = TerminalText.OneLine(application.OwnerName) is { } company ? $", owned by '{company}'," : "";
        var what = $"Rotate the credentials of application{name} ({reference.ApplicationId}) of managing entity " +
            $"{reference.ManagingEntityId}{owner} in {Connection}. The old pair ({pair}) stops working at once.";
        try
        {
            return ShouldProcess(what, $"{what}\nContinue?", "Rotate credentials");
        }
        catch (Exception nobody) when (nobody is HostException or InvalidOperationException or NotImplementedException or NullReferenceException)
        {
            // The console fails with a null reference where its standard input has ended.
            WriteError(WinkErrors.ConfirmationUnavailable(reference, nobody));
            return false;
        }
    }

    /// <summary>Takes the place for the encrypted copy, where one was asked for; without it nothing may be sent.</summary>
    private bool TryReserve(ApplicationReference reference, out EscrowFile? escrow)
    {
        escrow = null;
        if (EscrowPath is null || EscrowCertificate is null)
            return true;

        try
        {
            escrow = EscrowFile.Reserve(GetUnresolvedProviderPathFromPSPath(EscrowPath), EscrowCertificate, reference);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            WriteError(WinkErrors.EscrowUnavailable(failure, EscrowPath));
            return false;
        }
    }

    /// <summary>Sends the rotation, and keeps its answer before anything else can go wrong.</summary>
    private CredentialRotation Rotate(ApplicationReference reference, Application application, EscrowFile? escrow)
    {
        var keeper = new RotationKeeper(Connection!.Record, escrow);
        return Await(
            async (log, cancellation) => keeper.Keep(
                reference, application, await Client.RotateCredentialsAsync(reference, application.ClientId, log, cancellation).ConfigureAwait(false)),
            whyItGoesOn: $"The rotation of {reference} may be on its way already, so its answer is awaited, for {Client.Timeout.TotalSeconds:0} s at most. " +
                "A new pair will be in Get-WinkCredentialRotation.");
    }

    private void Speak(CredentialRotation rotation)
    {
        var unverified = IsStopping || !Verify ? null : TryVerify(rotation);
        if (IsStopping)
            TellPerson($"Application {rotation.ApplicationId} was rotated. Its new pair is in Get-WinkCredentialRotation.");

        WriteObject(rotation);

        // Only now: an error or a warning can end the pipeline, and the pair must be out by then.
        if (rotation.EscrowFailure is { } failure)
            WriteError(WinkErrors.EscrowFailed(rotation, failure));

        if (unverified is not null)
            WriteError(unverified);

        if (rotation.AnsweredApplicationId != rotation.ApplicationId)
        {
            var answered = TerminalText.OneLine(rotation.AnsweredApplicationId) ?? "none";
            WriteWarning($"Wink answered the rotation of application {rotation.ApplicationId} with another application's id ({answered}). The new pair is returned as it came.");
        }
    }

    /// <summary>Tries the new pair at IAM, and returns the error to write when it could not be verified.</summary>
    private ErrorRecord? TryVerify(CredentialRotation rotation)
    {
        var pair = new ClientCredential(rotation.Credential.UserName, rotation.Credential.Password);
        try
        {
            rotation.Verified = Await((log, cancellation) => Client.VerifyCredentialAsync(pair, log, cancellation));
            return rotation.Verified is true ? null : WinkErrors.NotVerified(rotation, null);
        }
        catch (WinkException failure)
        {
            return WinkErrors.NotVerified(rotation, failure);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void Tell(ErrorRecord error)
    {
        if (IsStopping)
            TellPerson($"{error.ErrorDetails.Message} {error.ErrorDetails.RecommendedAction}");

        WriteError(error);
    }
}
