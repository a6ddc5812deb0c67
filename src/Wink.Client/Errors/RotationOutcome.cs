namespace Wink.Client;

/// <summary>How a rotation that gave no new pair ended.</summary>
public enum RotationOutcome
{
    /// <summary>Not a byte of the request left this machine. The old pair is in force; it is safe to run again.</summary>
    NotSent,

    /// <summary>Wink refused the request. The old pair is in force.</summary>
    Rejected,

    /// <summary>The request was sent and no usable answer came back. The old pair may be dead.</summary>
    Unknown,
}
