using System.Net;
using System.Security;
using System.Text;

namespace Wink.Client;

/// <summary>What an application signs in with: its client id and its secret.</summary>
public sealed class ClientCredential
{
    /// <summary>Pairs a client id with its secret.</summary>
    /// <param name="clientId">The client id; not empty.</param>
    /// <param name="secret">The secret; it is not copied, and not disposed here.</param>
    /// <exception cref="ArgumentException">The client id is empty.</exception>
    public ClientCredential(string clientId, SecureString secret)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(clientId);
        ClientId = clientId;
        Secret = secret;
    }

    /// <summary>The client id: no secret.</summary>
    public string ClientId { get; }

    /// <summary>The secret.</summary>
    public SecureString Secret { get; }

    /// <summary>
    /// The credential as HTTP Basic carries it. RFC 6749 section 2.3.1: each part is form-urlencoded before the two are joined; else '+', '%',
    /// ':' or '/' break the pair.
    /// </summary>
    internal string BasicParameter() => Convert.ToBase64String(Encoding.ASCII.GetBytes(
        $"{WebUtility.UrlEncode(ClientId)}:{WebUtility.UrlEncode(new NetworkCredential("", Secret).Password)}"));

    /// <inheritdoc/>
    public override string ToString() => $"client id {TerminalText.OneLine(ClientId)}";
}
