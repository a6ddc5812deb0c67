namespace Wink.Client;

/// <summary>How a rotation ended, all its requests together.</summary>
internal abstract record RotationResult
{
    private RotationResult()
    {
    }

    /// <summary>The new credentials are here.</summary>
    /// <param name="Credentials">They.</param>
    public sealed record Rotated(RotatedCredential Credentials) : RotationResult;

    /// <summary>It was cancelled before anything was sent.</summary>
    public sealed record Cancelled : RotationResult;

    /// <summary>There are no new credentials.</summary>
    /// <param name="Outcome">What became of the old ones.</param>
    /// <param name="Cause">Why.</param>
    public sealed record Failed(RotationOutcome Outcome, WinkException Cause) : RotationResult
    {
        /// <summary>The application's client ID as it was read afterwards; null where it was not read.</summary>
        public string? ClientId { get; init; }

        /// <summary>When it was known, UTC.</summary>
        public DateTime At { get; init; }

        /// <summary>Credentials that came, but are not known to be this application's; null where none came.</summary>
        public RotatedCredential? Received { get; init; }

        /// <summary>However a repeat failed: the first request took effect, so the credentials that were valid before it are revoked.</summary>
        public Failed After(Failed? lost) =>
            lost is null ? this : this with { Outcome = RotationOutcome.SecretLost, ClientId = ClientId ?? lost.ClientId };
    }
}
