using System.Net;

namespace Wink.Client;

/// <summary>Holds the access token of one connection and renews it: once, however many ask for it at the same time.</summary>
internal sealed class TokenSource : IDisposable
{
    private readonly SemaphoreSlim _renewal = new(1, 1);
    private readonly TokenRequest _request;
    private readonly IReadOnlyList<string> _scopes;
    private AccessToken? _current;
    private ClientCredential? _credential;

    public TokenSource(TokenRequest request, WinkClientOptions options)
    {
        _request = request;
        _scopes = options.Scopes;
        _credential = options.Credential;
        if (options.AccessToken is { } given)
            _current = new AccessToken(new NetworkCredential("", given).Password, null, null);
    }

    /// <summary>The token at hand, if any.</summary>
    public AccessToken? Current => Volatile.Read(ref _current);

    /// <summary>False when the token was given from outside, so that only its giver can renew it.</summary>
    public bool CanRenew => _credential is not null;

    /// <summary>The client id that tokens are got with, or null.</summary>
    public string? ClientId => Volatile.Read(ref _credential)?.ClientId;

    /// <summary>A token that is good for at least the next moments.</summary>
    /// <exception cref="WinkSignInException">IAM refused.</exception>
    /// <exception cref="WinkTransportException">IAM gave no answer.</exception>
    public Task<AccessToken> GetAsync(IProgress<WinkEvent>? log, CancellationToken cancellationToken) =>
        Current is { IsFresh: true } token ? Task.FromResult(token) : RenewAsync(Current, log, cancellationToken);

    /// <summary>Another token than <paramref name="spent"/>: the one that somebody else just got, or a new one.</summary>
    /// <inheritdoc cref="GetAsync" path="/exception"/>
    public async Task<AccessToken> RenewAsync(AccessToken? spent, IProgress<WinkEvent>? log, CancellationToken cancellationToken)
    {
        await _renewal.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Current is { } current && current != spent)
                return current;

            var credential = _credential ?? throw new InvalidOperationException("A given token can't be renewed.");
            var renewed = await _request.SendAsync(credential, _scopes, log, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _current, renewed);
            return renewed;
        }
        finally
        {
            _renewal.Release();
        }
    }

    /// <summary>Goes on with another pair. The token at hand is dropped: nobody documents whether it outlives the old pair.</summary>
    public void Adopt(ClientCredential credential)
    {
        Volatile.Write(ref _credential, new ClientCredential(credential.ClientId, credential.Secret.Copy()));
        Volatile.Write(ref _current, null);
    }

    public void Dispose() => _renewal.Dispose();
}
