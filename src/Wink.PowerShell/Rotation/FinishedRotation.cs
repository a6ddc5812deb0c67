using Wink.Client;

namespace Wink.PowerShell;

/// <summary>The result of a rotation that was sent.</summary>
internal sealed record FinishedRotation
{
    /// <summary>The received credentials, as they are kept; null where there are none. With a failure, they are doubtful.</summary>
    public CredentialRotation? Rotation { get; init; }

    /// <summary>Why there are no new credentials; null where there are some.</summary>
    public RotationOutcomeException? Failure { get; init; }

    /// <summary>With a failure: the client ID of -CurrentCredential; null where it was not given.</summary>
    public string? Current { get; init; }

    /// <summary>The escrow file that contains the credentials, or null.</summary>
    public string? EscrowFile { get; init; }

    /// <summary>Why the escrow file could not be written, or null.</summary>
    public Exception? EscrowFailure { get; init; }

    /// <summary>The type of an unexpected exception, or null. Its message is not shown, as it may quote a response.</summary>
    public Type? Defect { get; init; }

    /// <summary>Why -SaveWith did not save the new credentials, in words without secrets; null where it did, or was not given.</summary>
    public string? SaveProblem { get; init; }

    /// <summary>Why the new credentials could not be verified, or null.</summary>
    public WinkException? VerificationFailure { get; init; }
}
