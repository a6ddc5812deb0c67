using System.Net;
using System.Security;

namespace Wink.Client;

/// <summary>Holds the credential and the access token of one connection, and renews the token: once, however many ask for it at the same time.</summary>
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

    /// <summary>The token at hand, if any.</summary>
    public AccessToken? Current => Volatile.Read(ref _state).Token;

    /// <summary>False when the token was given from outside, so that only its giver can renew it.</summary>
    public bool CanRenew => Volatile.Read(ref _state).Credential is not null;

    /// <summary>True once everything was forgotten.</summary>
    public bool IsSignedOut => Volatile.Read(ref _state) == AuthState.Ended;

    /// <summary>The client id that tokens are got with, or null.</summary>
    public string? ClientId => Volatile.Read(ref _state).Credential?.ClientId;

    /// <summary>A token that is good for at least the next moments.</summary>
    /// <exception cref="WinkSignedOutException">The credential was forgotten.</exception>
    /// <exception cref="WinkSignInException">IAM refused.</exception>
    /// <exception cref="WinkTransportException">IAM gave no answer.</exception>
    public Task<AccessToken> GetAsync(IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        Current is { } token && token.IsFresh(_time) ? Task.FromResult(token) : RenewAsync(Current, progress, cancellationToken);

    /// <summary>Another token than <paramref name="spent"/>: the one that somebody else just got, or a new one.</summary>
    /// <inheritdoc cref="GetAsync" path="/exception"/>
    public async Task<AccessToken> RenewAsync(AccessToken? spent, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        await _renewal.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                var state = Volatile.Read(ref _state);
                if (state.Token is { } token && token != spent)
                    return token;

                var credential = state.Credential ?? throw new WinkSignedOutException();
                try
                {
                    var renewed = await _request.SendAsync(credential, _scopes, progress, cancellationToken).ConfigureAwait(false);
                    if (Interlocked.CompareExchange(ref _state, new AuthState(credential, renewed), state) == state)
                        return renewed;
                }
                catch (WinkSignInException) when (state != Volatile.Read(ref _state))
                {
                    // The pair was rotated, or forgotten, while IAM was asked with it.
                }
            }
        }
        finally
        {
            _renewal.Release();
        }
    }

    /// <summary>Signs in with other credentials from now on. The token at hand is dropped: Wink does not say whether it outlives the old ones.</summary>
    public void ReplaceCredential(ClientCredential credential)
    {
        var adopted = new AuthState(new ClientCredential(credential.ClientId, credential.Secret.Copy()), null);
        for (var state = Volatile.Read(ref _state); state.Credential is not null; state = Volatile.Read(ref _state))
        {
            if (Interlocked.CompareExchange(ref _state, adopted, state) == state)
                return;
        }
    }

    /// <summary>Forgets the credential and the token, and returns them one last time.</summary>
    public AuthState Clear() => Interlocked.Exchange(ref _state, AuthState.Ended);

    public void Dispose() => _renewal.Dispose();

    private static AccessToken Given(SecureString secure)
    {
        var token = new NetworkCredential("", secure).Password;
        return AccessToken.IsValid(token)
            ? new AccessToken(token, null, null)
            : throw new ArgumentException("The access token is empty, or has characters that no token has, such as a space or a line break at its end.");
    }
}
