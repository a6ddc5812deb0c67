using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;

namespace Wink.PowerShell;

/// <summary>A cmdlet that rotates: where the new credentials go, and how long it waits.</summary>
public abstract class RotationCmdlet : ConnectedCmdlet
{
    private RotationBatch? _batch;

    private protected RotationCmdlet()
    {
    }

    /// <summary>
    /// Saves the new credentials: a script block with the rotation as $_, such as { Set-Secret wink-booking $_.Credential }. It runs before
    /// the object is written to the pipeline. They count as saved when it runs to its end, leaves no error, and no native command in it,
    /// nor its last script, ends with an exit code other than 0. Otherwise the error RotationNotSaved follows the object, whose property
    /// Saved is false, and no more requests are sent. Preferences of the caller, such as $ErrorActionPreference, do not decide. An error
    /// that the block or a module in it keeps silent itself, as by -ErrorAction SilentlyContinue or 2&gt;$null, is not seen. What the block
    /// writes to the pipeline is discarded.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    [ValidateSaveBlock]
    public ScriptBlock? SaveWith { get; set; }

    /// <summary>
    /// A folder of the file system for an encrypted copy of the new credentials of each application, written through to the disk before
    /// they are returned. Only the owner may read the file. It is made before the request is sent, with a note that tells the time, the
    /// application and its client ID at that time; when it cannot be made, or nothing can be encrypted to the certificate, nothing is sent.
    /// When the copy cannot be written afterwards, the error EscrowFailed follows the object, and no more requests are sent. Goes with
    /// -EscrowCertificate.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? EscrowPath { get; set; }

    /// <summary>
    /// Whom the copy is encrypted for: a certificate, its thumbprint in CurrentUser\My or LocalMachine\My, or the path of a .cer or .pem
    /// file. It must be one that Unprotect-CmsMessage accepts: with an RSA key, the enhanced key usage Document Encryption
    /// (1.3.6.1.4.1.311.80.1) and the key usage KeyEncipherment or DataEncipherment; others are refused. The dates are not checked. On
    /// Windows, New-SelfSignedCertificate -Type DocumentEncryptionCert -KeyUsage KeyEncipherment, DataEncipherment makes one; elsewhere,
    /// openssl req -x509 with -addext keyUsage=keyEncipherment -addext extendedKeyUsage=1.3.6.1.4.1.311.80.1 does. The private key need not
    /// be on this machine.
    /// </summary>
    [Parameter]
    [CertificateTransformation]
    public X509Certificate2? EscrowCertificate { get; set; }

    /// <summary>
    /// The longest time, in seconds, that is waited at once when Wink's rate limit is reached (429). No request starts until such a wait is
    /// over. Where Wink asks for a longer one, nothing is sent any more, and a rotation that was refused ends as RotationRejected.
    /// </summary>
    [Parameter]
    [ValidateRange(0, 86400)]
    public int MaximumWaitSec { get; set; } = 600;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if ((EscrowPath is null) != (EscrowCertificate is null))
            ThrowTerminatingError(WinkErrors.InvalidArgument("-EscrowPath and -EscrowCertificate go together: give both or neither."));
    }

    /// <summary>What the parameters of all such cmdlets ask for.</summary>
    private protected RotationOptions NewOptions() => new(Live, RotationHistory.OfRunspace)
    {
        Save = SaveWith is null ? null : new SaveBlock(SaveWith, this, Output, Live.Client.RemoveSecrets),
        Escrow = EscrowPath is not null && EscrowCertificate is not null
            ? new EscrowFolder(SessionState.Path, EscrowPath, EscrowCertificate)
            : null,
        MaximumWait = TimeSpan.FromSeconds(MaximumWaitSec),
    };

    /// <summary>Begins a batch, which is disposed with the cmdlet.</summary>
    private protected RotationBatch BeginBatch(RotationOptions options)
    {
        Output.Prepare();
        return _batch = new RotationBatch(options, Context, Output);
    }

    private protected override void ExplainWait() => _batch?.ExplainWait();

    private protected override void OnDisposed() => _batch?.Dispose();
}
