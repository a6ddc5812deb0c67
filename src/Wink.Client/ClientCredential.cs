using System.Net;
using System.Security;
using System.Text;

namespace Wink.Client;

/// <summary>The credentials of an application: its client ID and its client secret.</summary>
public sealed class ClientCredential
{
    /// <summary>Joins a client ID and its secret.</summary>
    /// <param name="clientId">The client ID; not empty.</param>
    /// <param name="secret">The secret; it is not copied, and not disposed here.</param>
    /// <exception cref="ArgumentException">The client ID is empty.</exception>
    public ClientCredential(string clientId, SecureString secret)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(clientId);
        ClientId = clientId;
        Secret = secret;
    }

    /// <summary>The client ID. It is not secret.</summary>
    public string ClientId { get; }

    /// <summary>The secret.</summary>
    public SecureString Secret { get; }

    /// <summary>
    /// The credentials as HTTP Basic sends them. RFC 6749 section 2.3.1: each part is form-urlencoded before the two are joined. Otherwise
    /// the server would misread '+', '%', ':' and '/'.
    /// </summary>
    internal string BasicParameter() => Convert.ToBase64String(Encoding.ASCII.GetBytes(
        $"{WebUtility.UrlEncode(ClientId)}:{WebUtility.UrlEncode(new NetworkCredential("", Secret).Password)}"));

    /// <inheritdoc/>
    public override string ToString() => $"client ID {TerminalText.OneLine(ClientId)}";
}
