namespace Wink.Client;

/// <summary>Where on the way a request failed.</summary>
public enum TransportFailure
{
    /// <summary>The host's name couldn't be resolved.</summary>
    NameResolution,

    /// <summary>No connection could be made.</summary>
    Connect,

    /// <summary>The TLS handshake failed; an untrusted certificate is one cause.</summary>
    Tls,

    /// <summary>The proxy refused the tunnel.</summary>
    Proxy,

    /// <summary>The connection was lost, or what came over it was not HTTP.</summary>
    Lost,

    /// <summary>The whole answer wasn't there within the timeout.</summary>
    Timeout,
}
