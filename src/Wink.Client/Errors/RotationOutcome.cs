namespace Wink.Client;

/// <summary>The outcome of a rotation that gave no new credentials.</summary>
public enum RotationOutcome
{
    /// <summary>Not a byte of the request left this machine. The old credentials are valid, and it is safe to run it again.</summary>
    NotSent,

    /// <summary>Wink refused the request. The old credentials are valid.</summary>
    Rejected,

    /// <summary>
    /// The request was sent and no usable response came back, but the application's client ID did not change over some seconds: the old
    /// credentials were valid then. A request that is still in flight may change that.
    /// </summary>
    NotConfirmed,

    /// <summary>
    /// The request was sent, no usable response came back, and the client ID could not be compared. The old credentials may be revoked.
    /// </summary>
    Unknown,

    /// <summary>
    /// The client ID changed, so the old credentials are revoked, and the response with the new secret was lost. Another rotation makes
    /// credentials that work.
    /// </summary>
    SecretLost,
}
