using Wink.Client;

namespace Wink.PowerShell;

/// <summary>A connection to Wink: who is signed in, where and until when. It never shows a secret or a token.</summary>
public sealed class WinkConnection
{
    private readonly WinkClient? _client;
    private readonly RotationHistory? _runspaceHistory;
    private readonly string? _clientId;
    private readonly DateTime? _tokenExpiresAt;

    /// <summary>Describes a connection without making one, for tests of scripts; nothing can be sent over it.</summary>
    /// <param name="environment">Production, Staging or Custom.</param>
    /// <param name="apiUri">The base URI of the API.</param>
    /// <param name="iamUri">The base URI of IAM.</param>
    /// <param name="clientId">The client id, or null for a connection by access token.</param>
    /// <param name="scopes">The scopes that were asked for.</param>
    /// <param name="connectedAt">When it was made, UTC.</param>
    /// <param name="tokenExpiresAt">When its access token ends, UTC, or null where nobody said.</param>
    public WinkConnection(
        string environment, Uri apiUri, Uri iamUri, string? clientId, string[] scopes, DateTime connectedAt, DateTime? tokenExpiresAt = null)
    {
        Environment = environment;
        ApiUri = apiUri;
        IamUri = iamUri;
        _clientId = clientId;
        Scopes = scopes;
        ConnectedAt = connectedAt;
        _tokenExpiresAt = tokenExpiresAt;
    }

    internal WinkConnection(WinkClient client, WinkClientOptions options, RotationHistory runspaceHistory)
        : this(
            options.Endpoints.Name,
            options.Endpoints.Api,
            options.Endpoints.Iam,
            options.Credential?.ClientId,
            options.Credential is null ? [] : [.. options.Scopes],
            DateTime.UtcNow)
    {
        _client = client;
        _runspaceHistory = runspaceHistory;
        Completion = new CompletionCache(client);
    }

    /// <summary>Production, Staging or Custom.</summary>
    public string Environment { get; }

    /// <summary>The base URI of the API.</summary>
    public Uri ApiUri { get; }

    /// <summary>The base URI of IAM.</summary>
    public Uri IamUri { get; }

    /// <summary>The client id that is signed in, which a rotation of this very application changes; null for a connection by access token, which doesn't tell.</summary>
    public string? ClientId => _client?.ClientId ?? _clientId;

    /// <summary>The scopes that were asked for; none for a connection by access token, which doesn't tell.</summary>
    public IReadOnlyList<string> Scopes { get; }

    /// <summary>When the connection was made, UTC.</summary>
    public DateTime ConnectedAt { get; }

    /// <summary>When the access token at hand ends, UTC; it is renewed by itself. Null where nobody said.</summary>
    public DateTime? TokenExpiresAt => _client is null ? _tokenExpiresAt : _client.TokenExpiresAt;

    /// <summary>What sends, or null for a connection that is only described.</summary>
    internal WinkClient? Client => _client;

    /// <summary>What arguments are completed from, or null for a connection that is only described.</summary>
    internal CompletionCache? Completion { get; }

    /// <summary>The rotations made over this connection, in whichever runspace.</summary>
    internal RotationHistory History { get; } = new();

    /// <summary>True where this connection was made in the runspace of that history.</summary>
    internal bool IsOf(RotationHistory runspaceHistory) => _runspaceHistory == runspaceHistory;

    /// <summary>
    /// Keeps a rotation where a person looks for it: with the runspace that made it, with this connection, and with the runspace that connected,
    /// which outlives the runspaces that it lent the connection to.
    /// </summary>
    internal void Keep(CredentialRotation rotation, RotationHistory runspaceHistory)
    {
        runspaceHistory.Keep(rotation);
        History.Keep(rotation);
        if (!IsOf(runspaceHistory))
            _runspaceHistory?.Keep(rotation);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Environment} ({ApiUri.Authority})";
}
