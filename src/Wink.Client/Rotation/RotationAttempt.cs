namespace Wink.Client;

/// <summary>The result of one rotation request.</summary>
internal abstract record RotationAttempt
{
    private RotationAttempt()
    {
    }

    /// <summary>When its request was about to be sent, as a timestamp.</summary>
    public long SentAt { get; init; }

    /// <summary>The client ID that the application had just before the request was sent; null where it could not be read.</summary>
    public ClientIdReading? Baseline { get; init; }

    /// <summary>The application's new credentials were received.</summary>
    /// <param name="Credentials">The new credentials.</param>
    public sealed record Rotated(RotatedCredential Credentials) : RotationAttempt;

    /// <summary>Not a byte of the request left this machine.</summary>
    /// <param name="Cause">Why.</param>
    public sealed record NotSent(WinkException Cause) : RotationAttempt
    {
        /// <summary>True when making the connection took so long that the baseline was too old to send by it.</summary>
        public bool IsTooLate { get; init; }
    }

    /// <summary>It was cancelled before it was sent.</summary>
    public sealed record Cancelled : RotationAttempt;

    /// <summary>Wink refused it.</summary>
    /// <param name="Cause">Why.</param>
    public sealed record Rejected(WinkException Cause) : RotationAttempt
    {
        /// <summary>True for a refusal by rate: it is known that Wink did not act, so nothing is read.</summary>
        public bool IsByRate { get; init; }

        /// <summary>
        /// The client ID as it was read before the request was to be sent again, and was not: since it had changed, or since the rotation
        /// was cancelled. Null where it was not read.
        /// </summary>
        public ClientIdReading? ReadAgain { get; init; }
    }

    /// <summary>It was sent, and nothing that was received tells its outcome.</summary>
    /// <param name="Cause">Why.</param>
    public sealed record Unclear(WinkException Cause) : RotationAttempt
    {
        /// <summary>Credentials that were received even so, the best first.</summary>
        public IReadOnlyList<RotatedCredential> Received { get; init; } = [];

        /// <summary>True when their client ID was known before this rotation began, as from a cache: they cannot be the new ones.</summary>
        public bool IsOld { get; init; }

        /// <summary>
        /// True when the connection was lost, or when a response came that is of no use: a 5xx, or a 2xx without credentials. Not after a
        /// timeout, since the request may still be on its way, not after a redirect or a 4xx, and not when a cache responded.
        /// </summary>
        public bool MayBeRepeated { get; init; }
    }
}
