namespace Wink.Client;

/// <summary>The result of a rotation with all its requests.</summary>
internal abstract record RotationResult
{
    private RotationResult()
    {
    }

    /// <summary>The new credentials were received.</summary>
    /// <param name="Credentials">The new credentials.</param>
    public sealed record Rotated(RotatedCredential Credentials) : RotationResult;

    /// <summary>It was cancelled before anything was sent.</summary>
    public sealed record Cancelled : RotationResult;

    /// <summary>There are no new credentials.</summary>
    /// <param name="Outcome">The outcome.</param>
    /// <param name="Cause">Why.</param>
    public sealed record Failed(RotationOutcome Outcome, WinkException Cause) : RotationResult
    {
        /// <summary>
        /// The client ID that was read just before the rotation was, or was to be, first sent; null where it was not read.
        /// </summary>
        public string? PreviousClientId { get; init; }

        /// <summary>The application's client ID as it was read afterwards; null where it was not read.</summary>
        public string? ClientId { get; init; }

        /// <summary>After a lost secret: the outcome of the repeat; null where there was none that failed.</summary>
        public RotationOutcome? OfRepeat { get; init; }

        /// <summary>True when this process received credentials with <see cref="ClientId"/>.</summary>
        public bool IsClientIdReceived { get; init; }

        /// <summary>When the read was started that showed <see cref="ClientId"/>, or else when the outcome was known; UTC.</summary>
        public DateTime At { get; init; }

        /// <summary>Credentials that were received, but are not known to be this application's; null where none were.</summary>
        public RotatedCredential? Received { get; init; }
    }
}
