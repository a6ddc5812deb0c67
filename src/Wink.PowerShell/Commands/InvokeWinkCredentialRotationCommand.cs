using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Rotates applications' credentials: each request is sent at most once, and the old pair is dead at once.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "WinkCredentialRotation", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(CredentialRotation))]
public sealed class InvokeWinkCredentialRotationCommand : ConnectedCmdlet
{
    private TerminationGuard? _guard;
    private RotationBatch? _fleet;

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

    /// <summary>How many rotations may be in flight at a time. With 1, each one is finished before the next is taken from the pipeline.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 1;

    /// <summary>True once the pipeline has brought all applications.</summary>
    internal bool InputHasEnded { get; private set; }

    private protected override string? WhyItGoesOn => (_fleet?.InFlight, _guard?.IsTerminating) switch
    {
        (null, _) => null,
        (var inFlight, true) => $"This process was told to end. {Awaited(inFlight)} Nothing else is sent. " + (EscrowPath is null
            ? "Without -EscrowPath, new credentials that the next command does not save end with this process."
            : $"New credentials will be in escrow in '{EscrowPath}'."),
        (var inFlight, _) => $"{Awaited(inFlight)} New credentials will be in {_fleet!.WhereKept}.",
    };

    private protected override string? SoFar => _fleet?.SoFar;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if ((EscrowPath is null) != (EscrowCertificate is null))
            ThrowTerminatingError(WinkErrors.InvalidArgument(new ArgumentException("-EscrowPath and -EscrowCertificate go together: give both or neither."), null));

        _guard = new TerminationGuard();
        _guard.Terminating.Register(PostExplanation);
        _fleet = new RotationBatch(this, _guard);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Accept();
        _fleet!.Advance();
        if (ThrottleLimit == 1 || IsEnding)
            Finish();
        else
            PumpPending();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        InputHasEnded = true;
        Finish();
        _fleet!.End();
        base.EndProcessing();
    }

    private protected override void OnDisposed() => _guard?.Dispose();

    private string Awaited(string inFlight) =>
        $"{inFlight} may have reached Wink already, so its outcome is awaited, for {Client.Timeout.TotalSeconds:0} s at most.";

    private void Accept()
    {
        try
        {
            _fleet!.Add(new ApplicationReference(ManagingEntityId, ApplicationId), InputObject);
        }
        catch (ArgumentException invalid)
        {
            Fail(WinkErrors.InvalidArgument(invalid, ApplicationId));
        }
    }

    private void Finish()
    {
        PumpWhile(() => !_fleet!.IsDone);
        if (_guard!.IsTerminating)
            _guard.AwaitEnd();

        EndIfDue();
    }
}
