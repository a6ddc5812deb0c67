namespace Wink.Client;

/// <summary>The outcome of a rotation that gave no new credentials.</summary>
public enum RotationOutcome
{
    /// <summary>Not a byte of the request left this machine, so it changed nothing, and it is safe to run it again.</summary>
    NotSent,

    /// <summary>
    /// Wink refused the request. The application was read once afterwards, and its client ID was still the same; or it could not be read,
    /// or the refusal was one by rate, and then it was not checked whether anything changed.
    /// </summary>
    Rejected,

    /// <summary>
    /// The request was sent and no usable response came back, but no effect was seen over some seconds: the old credentials were still
    /// valid then. The request may still take effect.
    /// </summary>
    NotConfirmed,

    /// <summary>
    /// The request was sent, no usable response came back, and the client ID could not be compared. The old credentials may be revoked.
    /// </summary>
    Unknown,

    /// <summary>
    /// The client ID changed, so the old credentials are revoked, by this rotation or by another one, and no new secret was received. If
    /// nobody else rotated the application, another rotation makes credentials that work; if somebody did, it revokes theirs.
    /// </summary>
    SecretLost,
}
