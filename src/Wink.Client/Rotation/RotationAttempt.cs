namespace Wink.Client;

/// <summary>The result of one rotation request.</summary>
internal abstract record RotationAttempt
{
    private RotationAttempt()
    {
    }

    /// <summary>The application's new credentials were received.</summary>
    /// <param name="Credentials">The new credentials.</param>
    public sealed record Rotated(RotatedCredential Credentials) : RotationAttempt;

    /// <summary>Not a byte of the request left this machine.</summary>
    /// <param name="Cause">Why.</param>
    public sealed record NotSent(WinkException Cause) : RotationAttempt;

    /// <summary>It was cancelled before it was sent.</summary>
    public sealed record Cancelled : RotationAttempt;

    /// <summary>Wink refused it.</summary>
    /// <param name="Cause">Why.</param>
    public sealed record Rejected(WinkException Cause) : RotationAttempt;

    /// <summary>It was sent, and nothing that was received tells its outcome.</summary>
    /// <param name="Cause">Why.</param>
    public sealed record Unclear(WinkException Cause) : RotationAttempt
    {
        /// <summary>Credentials that were received even so, the best first.</summary>
        public IReadOnlyList<RotatedCredential> Received { get; init; } = [];

        /// <summary>True when their client ID was known before this rotation began, as from a cache: they cannot be the new ones.</summary>
        public bool IsOld { get; init; }
    }
}
