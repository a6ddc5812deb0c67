namespace Wink.Client;

/// <summary>The step at which a request failed.</summary>
public enum TransportFailure
{
    /// <summary>The host's name could not be resolved.</summary>
    NameResolution,

    /// <summary>No connection could be made.</summary>
    Connect,

    /// <summary>The TLS handshake failed; an untrusted certificate is one cause.</summary>
    Tls,

    /// <summary>The proxy refused the tunnel.</summary>
    Proxy,

    /// <summary>The connection was lost, or what was received is not HTTP.</summary>
    Lost,

    /// <summary>The response was not complete within the timeout.</summary>
    Timeout,
}
