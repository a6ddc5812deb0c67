using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Rotates applications' credentials: each request is sent at most once, and the old pair is dead at once.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "WinkCredentialRotation", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(CredentialRotation))]
public sealed class InvokeWinkCredentialRotationCommand : ConnectedCmdlet
{
    private RotationBatch? _batch;

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

    private protected override string? WhyItContinues => _batch?.WhyItContinues;

    private RotationBatch Batch => _batch ?? throw new InvalidOperationException("BeginProcessing makes the batch.");

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if ((EscrowPath is null) != (EscrowCertificate is null))
            ThrowTerminatingError(WinkErrors.InvalidArgument("-EscrowPath and -EscrowCertificate go together: give both or neither."));

        Output.Prepare();
        var options = new RotationOptions(Live, RotationHistory.OfRunspace)
        {
            ExpectedClientId = ExpectedClientId,
            Verify = Verify,
            Escrow = EscrowPath is not null && EscrowCertificate is not null
                ? new EscrowFolder(SessionState.Path, EscrowPath, EscrowCertificate)
                : null,
            ThrottleLimit = ThrottleLimit,
        };
        _batch = new RotationBatch(options, Context, Output);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            Batch.Add(new ApplicationReference(ManagingEntityId, ApplicationId), InputObject);
        }
        catch (ArgumentException invalid)
        {
            Output.WriteOrDeferError(WinkErrors.InvalidArgument(invalid, ApplicationId));
        }

        if (ThrottleLimit == 1 || Output.HasDeferredError)
            Batch.RunToEnd();
        else
            Batch.RunPending();
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Batch.End();

    private protected override void OnDisposed() => _batch?.Dispose();
}
