using System.Net;
using System.Security;

namespace Wink.Client;

/// <summary>How to sign in to which Wink installation: with a credential, or with a token that was obtained elsewhere.</summary>
public sealed record WinkClientOptions
{
    /// <summary>Where Wink is.</summary>
    public WinkEndpoints Endpoints { get; init; } = WinkEndpoints.Production;

    /// <summary>The credential to get access tokens with. Null when <see cref="AccessToken"/> is given.</summary>
    public ClientCredential? Credential { get; init; }

    /// <summary>An access token to use as it is; it can't be renewed. Null when <see cref="Credential"/> is given.</summary>
    public SecureString? AccessToken { get; init; }

    /// <summary>The scopes to ask for. Wink doesn't document which one a rotation needs, hence both.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["account.read", "account.write"];

    /// <summary>How long one request may take, from its start to the last byte of its answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>The proxy to go through, or null for the system's own setting.</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>The clock, for timeouts, pauses and the life of tokens.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
