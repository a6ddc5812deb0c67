using System.Text.Json;

namespace Wink.Client;

/// <summary>One signed-in connection to Wink. Safe to share between threads.</summary>
public sealed class WinkClient : IDisposable
{
    private readonly WireClient _wire;
    private readonly TokenSource _tokens;
    private readonly ApiClient _api;
    private readonly CredentialRotator _rotator;

    /// <summary>Prepares a connection; nothing is sent yet.</summary>
    /// <param name="options">How to sign in, and where.</param>
    /// <exception cref="ArgumentException">Not exactly one of credential and access token is given.</exception>
    public WinkClient(WinkClientOptions options) : this(options, WireHandler.Create(options.Proxy))
    {
    }

    internal WinkClient(WinkClientOptions options, SocketsHttpHandler handler)
    {
        if ((options.Credential is null) == (options.AccessToken is null))
            throw new ArgumentException("Give either a credential or an access token.", nameof(options));

        _wire = new WireClient(handler, options.Timeout);
        _tokens = new TokenSource(_wire, options);
        _api = new ApiClient(options.Endpoints.Api, _wire, _tokens);
        _rotator = new CredentialRotator(_api);
    }

    /// <summary>When the access token at hand ends, UTC; null where there is none or nobody said.</summary>
    public DateTime? TokenExpiresAt => _tokens.Current?.ExpiresAt;

    /// <summary>Gets an access token, so that wrong credentials fail now and not in the middle of something.</summary>
    /// <param name="log">Is told of each exchange.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="WinkSignInException">IAM refused the credential or the scopes, or can't work.</exception>
    /// <exception cref="WinkTransportException">IAM gave no answer.</exception>
    public async Task SignInAsync(IProgress<Exchange>? log, CancellationToken cancellationToken) =>
        await _tokens.GetAsync(log, cancellationToken).ConfigureAwait(false);

    /// <summary>Reads one application.</summary>
    /// <param name="application">Which one.</param>
    /// <param name="log">Is told of each exchange.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="WinkApiException">Wink refused, or its answer could not be used.</exception>
    /// <exception cref="WinkSignInException">A new token was needed and IAM refused it.</exception>
    /// <exception cref="WinkTransportException">There was no whole answer.</exception>
    public async Task<Application> GetApplicationAsync(
        ApplicationReference application, IProgress<Exchange>? log, CancellationToken cancellationToken)
    {
        using var answer = await _api.ReadAsync(ApiClient.ApplicationPath, application, log, cancellationToken).ConfigureAwait(false);
        return ReadApplication(answer);
    }

    /// <summary>Rotates an application's credentials: the request is sent at most once, and the old pair is dead at once.</summary>
    /// <param name="application">Which one.</param>
    /// <param name="log">Is told of each exchange.</param>
    /// <param name="cancellationToken">Gives it up as long as nothing was sent. After that the answer is awaited, within the timeout.</param>
    /// <returns>The new pair.</returns>
    /// <exception cref="RotationOutcomeException">There is no new pair, or none that was received; its outcome says which.</exception>
    /// <exception cref="OperationCanceledException">It was given up before anything was sent.</exception>
    public Task<RotatedCredential> RotateCredentialsAsync(
        ApplicationReference application, IProgress<Exchange>? log, CancellationToken cancellationToken) =>
        _rotator.RotateAsync(application, log, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        _wire.Dispose();
    }

    private static Application ReadApplication(WireAnswer answer)
    {
        if (!answer.IsSuccess || answer.BodyFailure is not null)
            throw answer.Failure();

        try
        {
            return JsonSerializer.Deserialize(answer.Body, WireJson.Default.Application) ?? throw answer.Failure();
        }
        catch (JsonException)
        {
            throw answer.Failure();
        }
    }
}
