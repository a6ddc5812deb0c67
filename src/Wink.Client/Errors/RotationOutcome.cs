namespace Wink.Client;

/// <summary>How a rotation that gave no new pair ended.</summary>
public enum RotationOutcome
{
    /// <summary>Not a byte of the request left this machine. The old pair is in force; it is safe to run again.</summary>
    NotSent,

    /// <summary>Wink refused the request. The old pair is in force.</summary>
    Rejected,

    /// <summary>
    /// The request was sent and no usable answer came back, but the application's client id did not change over some seconds: as of then
    /// the old pair is in force. A request still under way may yet change it.
    /// </summary>
    NotConfirmed,

    /// <summary>The request was sent, no usable answer came back, and the client id couldn't be compared. The old pair may be dead.</summary>
    Unknown,

    /// <summary>The client id changed, so the old pair is dead, and the answer with the new secret was lost. Another rotation makes a good pair.</summary>
    SecretLost,
}
