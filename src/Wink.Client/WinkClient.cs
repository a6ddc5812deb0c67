namespace Wink.Client;

/// <summary>One signed-in connection to Wink. Safe to share between threads.</summary>
public sealed class WinkClient : IDisposable
{
    private readonly HttpTransport _http;
    private readonly HttpTransport _rotationHttp;
    private readonly CredentialTest _credentials;
    private readonly TokenRevocation _revocation;
    private readonly AccessTokenProvider _tokens;
    private readonly AccountReader _account;
    private readonly CredentialRotator _rotator;

    /// <summary>Prepares a connection; nothing is sent yet.</summary>
    /// <param name="options">How to sign in, and where.</param>
    /// <param name="port">Makes the HTTP library that sends by an HttpClient, and disposes it.</param>
    /// <exception cref="ArgumentException">Not exactly one of credential and access token is given, or the access token can't be one.</exception>
    public WinkClient(WinkClientOptions options, Func<HttpClient, IHttpPort> port) : this(options, port, configure: null)
    {
    }

    /// <inheritdoc cref="WinkClient(WinkClientOptions, Func{HttpClient, IHttpPort})"/>
    /// <param name="options">How to sign in, and where.</param>
    /// <param name="port">Makes the HTTP library that sends by an HttpClient, and disposes it.</param>
    /// <param name="configure">Changes the handlers before they are used.</param>
    internal WinkClient(WinkClientOptions options, Func<HttpClient, IHttpPort> port, Action<SocketsHttpHandler>? configure)
    {
        if ((options.Credential is null) == (options.AccessToken is null))
            throw new ArgumentException("Give either a credential or an access token.", nameof(options));

        var text = new ServerText();
        var time = options.Time;
        _http = Transport(HttpHandlerFactory.ForReads(options.Proxy));
        _rotationHttp = Transport(HttpHandlerFactory.ForRotations(options.Proxy));
        var tokenRequest = new TokenRequest(options.Endpoints.Iam, _http, text, time);
        _credentials = new CredentialTest(tokenRequest, time);
        _revocation = new TokenRevocation(options.Endpoints.Iam, _http, text);
        _tokens = new AccessTokenProvider(tokenRequest, options, text.Secrets);
        var api = new ApiClient(options.Endpoints.Api, _http, _rotationHttp, _tokens, time);
        _account = new AccountReader(api, text);
        var clientIds = new KnownClientIds(options.Endpoints.Api, time);
        var request = new RotationRequest(api, clientIds, text, time);
        _rotator = new CredentialRotator(request, new ClientIdProbe(_account, clientIds, time), _credentials, clientIds, time);
        Timeout = options.Timeout;

        HttpTransport Transport(SocketsHttpHandler handler)
        {
            configure?.Invoke(handler);
            return new HttpTransport(handler, port, options.Timeout, time);
        }
    }

    /// <summary>How long one request may take.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The client id that is signed in; null with a given access token, which doesn't tell.</summary>
    public string? ClientId => _tokens.ClientId;

    /// <summary>True after <see cref="SignOutAsync"/>: nothing more can be sent.</summary>
    public bool IsSignedOut => _tokens.IsSignedOut;

    /// <summary>When the access token at hand ends, UTC; null where there is none or nobody said.</summary>
    public DateTime? TokenExpiresAt => _tokens.Current?.ExpiresAt;

    /// <summary>Gets an access token, so that wrong credentials fail now and not in the middle of something.</summary>
    /// <param name="progress">Is told of each exchange.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="WinkSignInException">IAM refused the credential or the scopes, or can't work.</exception>
    /// <exception cref="WinkTransportException">IAM gave no answer.</exception>
    public async Task SignInAsync(IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        await _tokens.GetAsync(progress, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Forgets the credential and the token at once, and has IAM revoke the token. What is under way on other threads still gets its answer.
    /// A token that was given from outside is only forgotten: IAM lets nobody but its owner revoke it.
    /// </summary>
    /// <param name="progress">Is told of the exchange.</param>
    /// <param name="cancellationToken">Gives the revocation up.</param>
    /// <exception cref="WinkApiException">IAM did not revoke the token.</exception>
    /// <exception cref="WinkTransportException">IAM gave no answer.</exception>
    public async Task SignOutAsync(IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        if (_tokens.Clear() is { Credential: { } credential, Token: { } token })
            await _revocation.SendAsync(credential, token, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads one application.</summary>
    /// <param name="application">Which one.</param>
    /// <param name="progress">Is told of each exchange.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="WinkApiException">Wink refused, or its answer could not be used.</exception>
    /// <exception cref="WinkSignInException">A new token was needed and IAM refused it.</exception>
    /// <exception cref="WinkTransportException">There was no whole answer.</exception>
    public Task<Application> GetApplicationAsync(
        ApplicationReference application, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        _account.ReadApplicationAsync(application, progress, cancellationToken);

    /// <summary>Reads all managing entities, each as soon as it arrives, that the signed-in application may see.</summary>
    /// <param name="type">Only those of this kind, such as HOTEL; null for all.</param>
    /// <param name="progress">Is told of each exchange.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="WinkApiException">Wink refused, or its answer could not be used, or ended before its end: then some were given already.</exception>
    /// <exception cref="WinkSignInException">A new token was needed and IAM refused it.</exception>
    /// <exception cref="WinkTransportException">There was no answer.</exception>
    public IAsyncEnumerable<ManagingEntity> ListManagingEntitiesAsync(
        string? type, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        _account.ListManagingEntitiesAsync(type, progress, cancellationToken);

    /// <summary>Reads all applications of a managing entity, each as soon as it arrives.</summary>
    /// <param name="managingEntityId">The managing entity's identifier.</param>
    /// <param name="progress">Is told of each exchange.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="ArgumentException">The identifier is none; see <see cref="ResourceIdentifier"/>.</exception>
    /// <inheritdoc cref="ListManagingEntitiesAsync" path="/exception"/>
    public IAsyncEnumerable<Application> ListApplicationsAsync(
        string managingEntityId, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        _account.ListApplicationsAsync(managingEntityId, progress, cancellationToken);

    /// <summary>
    /// Rotates an application's credentials. The request is sent at most once, and the old pair is dead at once. Where no usable answer
    /// comes back, the application's client id tells what happened; where it changed, the new secret was lost, and the rotation is sent
    /// again, at most twice. When it is the application that is signed in here, this client goes on with the new pair.
    /// </summary>
    /// <param name="application">Which one.</param>
    /// <param name="clientId">Its client id before the rotation, or null where it isn't known; then an unclear outcome stays unknown.</param>
    /// <param name="progress">Is told of each exchange, of waits, and of a lost secret.</param>
    /// <param name="cancellationToken">Gives it up as long as nothing was sent. After that the answer is awaited, within the timeout; nothing more is sent.</param>
    /// <returns>The new pair.</returns>
    /// <exception cref="RotationOutcomeException">There is no new pair, or none that was received; its outcome says which.</exception>
    /// <exception cref="OperationCanceledException">It was given up before Wink acted.</exception>
    public Task<RotatedCredential> RotateCredentialsAsync(
        ApplicationReference application, string? clientId, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        RotateCredentialsAsync(application, clientId, progress, keep: null, cancellationToken);

    /// <inheritdoc cref="RotateCredentialsAsync(ApplicationReference, string?, IProgress{WinkEvent}?, CancellationToken)"/>
    /// <param name="application">Which one.</param>
    /// <param name="clientId">Its client id before the rotation, or null where it isn't known; then an unclear outcome stays unknown.</param>
    /// <param name="progress">Is told of each exchange, of waits, and of a lost secret.</param>
    /// <param name="keep">
    /// Is given credentials that came but are in doubt, the best first, before it is found out whose they are: that may take some seconds, and
    /// this may be the only copy. It must not throw.
    /// </param>
    /// <param name="cancellationToken">Gives it up as long as nothing was sent. After that the answer is awaited, within the timeout; nothing more is sent.</param>
    public async Task<RotatedCredential> RotateCredentialsAsync(
        ApplicationReference application,
        string? clientId,
        IProgress<WinkEvent>? progress,
        Action<RotatedCredential>? keep,
        CancellationToken cancellationToken)
    {
        switch (await _rotator.RotateAsync(application, clientId, progress, keep, cancellationToken).ConfigureAwait(false))
        {
            case RotationResult.Rotated { Credentials: var rotated }:
                if (clientId is not null && clientId == ClientId)
                    _tokens.ReplaceCredential(rotated.Credential);

                return rotated;
            case RotationResult.Failed failed:
                throw new RotationOutcomeException(application, failed);
            default:
                throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <summary>Asks IAM whether a pair is in force, by a token request of its own.</summary>
    /// <param name="credential">The pair.</param>
    /// <param name="progress">Is told of the exchange.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>True when IAM accepts the pair, false when it refuses it.</returns>
    /// <exception cref="WinkSignInException">IAM's answer tells neither.</exception>
    /// <exception cref="WinkTransportException">IAM gave no answer.</exception>
    public Task<bool> TestCredentialAsync(ClientCredential credential, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        _credentials.TestAsync(credential, progress, cancellationToken);

    /// <summary>Tests a new pair until IAM accepts it, for up to 30 seconds: IAM may take a moment to know it.</summary>
    /// <inheritdoc cref="TestCredentialAsync"/>
    public Task<bool> VerifyCredentialAsync(ClientCredential credential, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        _credentials.VerifyAsync(credential, progress, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        _http.Dispose();
        _rotationHttp.Dispose();
    }
}
