using Wink.Client;

namespace Wink.PowerShell;

/// <summary>A connection to Wink: who is signed in, where and until when. It never shows a secret or a token.</summary>
public sealed class WinkConnection
{
    private readonly string? _clientId;
    private readonly DateTime? _tokenExpiresAt;

    /// <summary>Describes a connection without making one, for tests of scripts; nothing can be sent over it.</summary>
    /// <param name="environment">Production, Staging or Custom.</param>
    /// <param name="apiUri">The base URI of the API.</param>
    /// <param name="iamUri">The base URI of IAM.</param>
    /// <param name="clientId">The client ID, or null for a connection by access token.</param>
    /// <param name="scopes">The scopes that were asked for.</param>
    /// <param name="connectedAt">When it was made, UTC.</param>
    /// <param name="tokenExpiresAt">When its access token expires, UTC, or null where this is not known.</param>
    public WinkConnection(
        string environment,
        Uri apiUri,
        Uri iamUri,
        string? clientId,
        string[] scopes,
        DateTime connectedAt,
        DateTime? tokenExpiresAt = null)
    {
        Environment = environment;
        ApiUri = apiUri;
        IamUri = iamUri;
        _clientId = clientId;
        Scopes = new TextList(scopes);
        ConnectedAt = connectedAt;
        _tokenExpiresAt = tokenExpiresAt;
    }

    internal WinkConnection(LiveConnection live, WinkClientOptions options)
        : this(
            options.Endpoints.Name,
            options.Endpoints.Api,
            options.Endpoints.Iam,
            options.Credential?.ClientId,
            options.Credential is null ? [] : [.. options.Scopes],
            live.Time.GetUtcNow().UtcDateTime) => Live = live;

    /// <summary>Production, Staging or Custom.</summary>
    public string Environment { get; }

    /// <summary>The base URI of the API.</summary>
    public Uri ApiUri { get; }

    /// <summary>The base URI of IAM.</summary>
    public Uri IamUri { get; }

    /// <summary>
    /// The client ID that is signed in. A rotation of this application changes it. Null for a connection by access token, which does not
    /// tell it.
    /// </summary>
    public string? ClientId => Live?.Client.ClientId ?? _clientId;

    /// <summary>The scopes that were asked for; none for a connection by access token, which does not tell them.</summary>
    public IReadOnlyList<string> Scopes { get; }

    /// <summary>When the connection was made, UTC.</summary>
    public DateTime ConnectedAt { get; }

    /// <summary>When the current access token expires, UTC; it is renewed automatically. Null where this is not known.</summary>
    public DateTime? TokenExpiresAt => Live is null ? _tokenExpiresAt : Live.Client.TokenExpiresAt;

    /// <summary>What requests are sent over; null for a connection that is only described.</summary>
    internal LiveConnection? Live { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Environment} ({ApiUri.Authority})";
}
