using System.Net;
using System.Security;

namespace Wink.Client;

/// <summary>
/// Holds the credentials and the access token of one connection, and renews the token: once, however many callers ask at the same time.
/// </summary>
internal sealed class AccessTokenProvider : IDisposable
{
    private readonly SemaphoreSlim _renewal = new(1, 1);
    private readonly TokenRequest _request;
    private readonly IReadOnlyList<string> _scopes;
    private readonly TimeProvider _time;
    private AuthState _state;

    public AccessTokenProvider(TokenRequest request, WinkClientOptions options, KnownSecrets secrets)
    {
        _request = request;
        _scopes = options.Scopes;
        _time = options.Time;
        var token = options.AccessToken is { } given ? Given(given) : null;
        _state = new AuthState(options.Credential, token);
        secrets.InUse = () => Volatile.Read(ref _state);
    }

    /// <summary>The current token, if any.</summary>
    public AccessToken? Current => Volatile.Read(ref _state).Token;

    /// <summary>False for a token that the caller obtained: without credentials it cannot be renewed.</summary>
    public bool CanRenew => Volatile.Read(ref _state).Credential is not null;

    /// <summary>True after <see cref="Clear"/>.</summary>
    public bool IsSignedOut => Volatile.Read(ref _state) == AuthState.SignedOut;

    /// <summary>The credentials that tokens are obtained with, or null.</summary>
    public ClientCredential? Credential => Volatile.Read(ref _state).Credential;

    /// <summary>Their client ID, or null.</summary>
    public string? ClientId => Credential?.ClientId;

    /// <summary>Their client ID, and those of the credentials that they replaced; none without credentials.</summary>
    public IEnumerable<string> ClientIds
    {
        get
        {
            var state = Volatile.Read(ref _state);
            return state.Credential is { } credential ? state.FormerClientIds.Append(credential.ClientId) : [];
        }
    }

    /// <summary>The current token, or a new one where it is about to expire.</summary>
    /// <exception cref="WinkSignedOutException">The connection was ended.</exception>
    /// <exception cref="WinkSignInException">IAM refused.</exception>
    /// <exception cref="WinkTransportException">IAM gave no response.</exception>
    public Task<AccessToken> GetAsync(IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        Current is { } token && token.IsFresh(_time) ? Task.FromResult(token) : RenewAsync(Current, progress, cancellationToken);

    /// <summary>Another token than <paramref name="old"/>: one that another caller has just obtained, or a new one.</summary>
    /// <inheritdoc cref="GetAsync" path="/exception"/>
    public async Task<AccessToken> RenewAsync(AccessToken? old, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        await _renewal.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                var state = Volatile.Read(ref _state);
                if (state.Token is { } token && token != old)
                    return token;

                var credential = state.Credential ?? throw new WinkSignedOutException();
                try
                {
                    var renewed = await _request.SendAsync(credential, _scopes, progress, cancellationToken).ConfigureAwait(false);
                    if (Interlocked.CompareExchange(ref _state, new AuthState(credential, renewed, state.FormerClientIds), state) == state)
                        return renewed;
                }
                catch (WinkSignInException) when (state != Volatile.Read(ref _state))
                {
                    // The credentials were rotated, or removed, while this request was in flight.
                }
            }
        }
        finally
        {
            _renewal.Release();
        }
    }

    /// <summary>
    /// Signs in with other credentials from now on. The current token is dropped: Wink does not document whether it stays valid when the
    /// credentials are revoked.
    /// </summary>
    public void ReplaceCredential(ClientCredential credential)
    {
        var copy = new ClientCredential(credential.ClientId, credential.Secret.Copy());
        for (var state = Volatile.Read(ref _state); state.Credential is { } old; state = Volatile.Read(ref _state))
        {
            var replacement = new AuthState(copy, null, [.. state.FormerClientIds, old.ClientId]);
            if (Interlocked.CompareExchange(ref _state, replacement, state) == state)
                return;
        }
    }

    /// <summary>Removes the credentials and the token, and returns them.</summary>
    public AuthState Clear() => Interlocked.Exchange(ref _state, AuthState.SignedOut);

    public void Dispose() => _renewal.Dispose();

    private static AccessToken Given(SecureString secure)
    {
        var token = new NetworkCredential("", secure).Password;
        return AccessToken.IsValid(token)
            ? new AccessToken(token, null, null)
            : throw new ArgumentException(
                "The access token is empty, or has characters that no token has, such as a space or a line break at its end.");
    }
}
