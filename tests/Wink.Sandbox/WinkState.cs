using System.Diagnostics;
using System.Security.Cryptography;

namespace Wink.Sandbox;

/// <summary>The state of Wink: managing entities, applications with their valid credentials, and the tokens that were issued.</summary>
public sealed class WinkState
{
    private readonly object _gate = new();
    private readonly Dictionary<string, SandboxManagingEntity> _managingEntities = [];
    private readonly Dictionary<string, SandboxApplication> _applications = [];
    private readonly Dictionary<string, (IReadOnlyList<string> Scopes, DateTime ExpiresAt)> _tokens = [];
    private readonly List<(SandboxApplication Application, long ValidFrom, DateTime At)> _held = [];
    private readonly List<string> _issuedTokens = [];

    /// <summary>The source of the time at which credentials are made, see <see cref="SandboxServer.Time"/>.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The lifetime of a token, in seconds.</summary>
    public double TokenLifetimeSec { get; set; } = 3600;

    /// <summary>Whether a token response tells its lifetime; it need not.</summary>
    public bool TellsTokenLifetime { get; set; } = true;

    /// <summary>The beginning of each secret. Form-urlencoding changes all of it: a client that forgets to encode cannot sign in.</summary>
    public string SecretPrefix { get; set; } = "made-up-secret +%:/";

    public IReadOnlyList<SandboxManagingEntity> ManagingEntities
    {
        get
        {
            lock (_gate)
                return [.. _managingEntities.Values];
        }
    }

    /// <summary>Every secret and every token that was ever issued.</summary>
    public IReadOnlyList<string> Secrets
    {
        get
        {
            lock (_gate)
                return [.. _held.Select(held => held.Application.Secret), .. _issuedTokens];
        }
    }

    public void AddManagingEntity(SandboxManagingEntity entity)
    {
        lock (_gate)
            _managingEntities[entity.Id] = entity;
    }

    public SandboxApplication AddApplication(string managingEntityId, string id, string name, params IReadOnlyList<string> scopes)
    {
        var application = new SandboxApplication(managingEntityId, id, name, NewClientId(), NewSecret(), scopes);
        lock (_gate)
            return Hold(application);
    }

    /// <summary>
    /// Whether the application got exactly these credentials at <paramref name="since"/>, a timestamp of <see cref="Stopwatch"/>, or later.
    /// </summary>
    public bool Issued(string id, string clientId, string secret, long since)
    {
        lock (_gate)
        {
            return _held.Any(held => (held.Application.Id, held.Application.ClientId, held.Application.Secret) == (id, clientId, secret)
                && held.ValidFrom >= since);
        }
    }

    /// <summary>The credentials that the application got at <paramref name="since"/> or later, whoever rotated it.</summary>
    public IReadOnlyList<SandboxApplication> MadeSince(string id, long since)
    {
        lock (_gate)
            return [.. _held.Where(held => held.Application.Id == id && held.ValidFrom >= since).Select(held => held.Application)];
    }

    /// <summary>
    /// Whether the application had this client ID at any moment from <paramref name="from"/> to <paramref name="to"/>, UTC, by
    /// <see cref="Time"/>.
    /// </summary>
    public bool HadClientId(string id, string clientId, DateTime from, DateTime to)
    {
        lock (_gate)
        {
            var history = _held.Where(held => held.Application.Id == id).ToArray();
            // The last one is valid until it is rotated.
            return history.Where((one, index) => one.Application.ClientId == clientId && one.At <= to &&
                (index == history.Length - 1 || from <= history[index + 1].At)).Any();
        }
    }

    public SandboxApplication? FindApplication(string managingEntityId, string id)
    {
        lock (_gate)
            return _applications.GetValueOrDefault(id) is { } found && found.ManagingEntityId == managingEntityId ? found : null;
    }

    public IReadOnlyList<SandboxApplication> ApplicationsOf(string managingEntityId)
    {
        lock (_gate)
            return [.. _applications.Values.Where(application => application.ManagingEntityId == managingEntityId)];
    }

    /// <summary>Makes new credentials. The old ones are revoked from here on.</summary>
    public SandboxApplication? Rotate(string managingEntityId, string id)
    {
        lock (_gate)
        {
            if (FindApplication(managingEntityId, id) is not { } old)
                return null;

            return Hold(old with { ClientId = NewClientId(), Secret = NewSecret() });
        }
    }

    /// <summary>The application that these credentials are valid for, or null.</summary>
    public SandboxApplication? Authenticate(string clientId, string secret)
    {
        lock (_gate)
            return _applications.Values.FirstOrDefault(application => application.ClientId == clientId && application.Secret == secret);
    }

    public string IssueToken(IReadOnlyList<string> scopes)
    {
        var token = $"made-up-token-{RandomNumberGenerator.GetHexString(24, lowercase: true)}";
        lock (_gate)
        {
            _issuedTokens.Add(token);
            _tokens[token] = (scopes, DateTime.UtcNow.AddSeconds(TokenLifetimeSec));
        }

        return token;
    }

    /// <summary>The scopes of a valid token, or null.</summary>
    public IReadOnlyList<string>? ScopesOf(string token)
    {
        lock (_gate)
            return _tokens.TryGetValue(token, out var issued) && DateTime.UtcNow < issued.ExpiresAt ? issued.Scopes : null;
    }

    public void RevokeToken(string token)
    {
        lock (_gate)
            _tokens.Remove(token);
    }

    public void RevokeAllTokens()
    {
        lock (_gate)
            _tokens.Clear();
    }

    private SandboxApplication Hold(SandboxApplication application)
    {
        _held.Add((application, Stopwatch.GetTimestamp(), Time.GetUtcNow().UtcDateTime));
        return _applications[application.Id] = application;
    }

    private static string NewClientId() => $"client-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";

    private string NewSecret() => $"{SecretPrefix}{RandomNumberGenerator.GetHexString(24, lowercase: true)}";
}
