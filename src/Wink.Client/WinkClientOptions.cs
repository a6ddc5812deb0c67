using System.Net;
using System.Security;

namespace Wink.Client;

/// <summary>How to sign in to which Wink installation: with credentials, or with an access token that the caller obtained.</summary>
public sealed record WinkClientOptions
{
    /// <summary>The addresses of the Wink installation.</summary>
    public WinkEndpoints Endpoints { get; init; } = WinkEndpoints.Production;

    /// <summary>The credentials to obtain access tokens with. Null when <see cref="AccessToken"/> is given.</summary>
    public ClientCredential? Credential { get; init; }

    /// <summary>An access token to use as it is; it cannot be renewed. Null when <see cref="Credential"/> is given.</summary>
    public SecureString? AccessToken { get; init; }

    /// <summary>The scopes to ask for. Wink does not document which one a rotation needs, so the default has both.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["account.read", "account.write"];

    /// <summary>How long one request may take, from its start to the last byte of its response.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>The proxy, or null for the system's setting.</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>The source of the time for timeouts, delays and the lifetime of tokens.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
