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
    private readonly Baseline _baseline;
    private readonly KnownApplications _known;
    private readonly OwnApplication _own;
    private readonly ServerText _text;
    private readonly CredentialRotator _rotator;

    /// <summary>Prepares a connection; nothing is sent yet.</summary>
    /// <param name="options">How to sign in, and where.</param>
    /// <param name="port">Makes the HTTP library that sends by an HttpClient, and disposes it.</param>
    /// <exception cref="ArgumentException">
    /// Not exactly one of credentials and access token is given, or the access token cannot be one.
    /// </exception>
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

        Rehearsal.Start();
        _text = new ServerText();
        var time = options.Time;
        _http = Transport(HttpHandlerFactory.ForReads(options.Proxy));
        _rotationHttp = Transport(HttpHandlerFactory.ForRotations(options.Proxy));
        var tokenRequest = new TokenRequest(options.Endpoints.Iam, _http, _text, time);
        _credentials = new CredentialTest(tokenRequest, time);
        _revocation = new TokenRevocation(options.Endpoints.Iam, _http);
        _tokens = new AccessTokenProvider(tokenRequest, options, _text.Secrets);
        var api = new ApiClient(options.Endpoints.Api, _http, _tokens, time);
        _account = new AccountReader(api, _text);
        _known = new KnownApplications(options.Endpoints.Api, time);
        _own = new OwnApplication(_tokens, _known, _credentials, time);
        _baseline = new Baseline(_account, _own, _known, time);
        var judge = new ResponseJudge(api, _known, _text, time);
        var probe = new ClientIdProbe(_account, _known, time);
        _rotator = new CredentialRotator(
            new RotationSender(api, _rotationHttp, _baseline, _known, judge),
            new OutcomeTable(probe, _credentials, _tokens, time),
            probe,
            _own,
            _known,
            time);
        Timeout = options.Timeout;

        HttpTransport Transport(SocketsHttpHandler handler)
        {
            configure?.Invoke(handler);
            return new HttpTransport(handler, port, options.Timeout, time);
        }
    }

    /// <summary>How long one request may take.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The client ID that is signed in; null with an access token that the caller obtained, which does not tell it.</summary>
    public string? ClientId => _tokens.ClientId;

    /// <summary>
    /// Whether this application is signed in here, as far as is known; null with an access token, which does not tell it.
    /// </summary>
    /// <param name="application">The application.</param>
    /// <param name="clientId">Its client ID.</param>
    public bool? IsOwn(ApplicationReference application, string clientId) =>
        _tokens.Credential is null ? null : _own.Is(application, clientId);

    /// <summary>True after <see cref="SignOutAsync"/>: nothing more can be sent.</summary>
    public bool IsSignedOut => _tokens.IsSignedOut;

    /// <summary>When the current access token expires, UTC; null where there is none or this is not known.</summary>
    public DateTime? TokenExpiresAt => _tokens.Current?.ExpiresAt;

    /// <summary>Obtains an access token, so that wrong credentials fail now and not at a later request.</summary>
    /// <param name="progress">Reports each request.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="WinkSignInException">IAM refused the credentials or the scopes, or failed.</exception>
    /// <exception cref="WinkTransportException">IAM gave no response.</exception>
    public async Task SignInAsync(IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        await _tokens.GetAsync(progress, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Removes the credentials and the token immediately, and asks IAM to revoke the token. Requests in flight on other threads still get
    /// their responses. A token that the caller obtained is only removed: IAM lets only the client revoke it that it was issued to.
    /// </summary>
    /// <param name="progress">Reports the request.</param>
    /// <param name="cancellationToken">Cancels the revocation.</param>
    /// <exception cref="WinkApiException">IAM did not revoke the token.</exception>
    /// <exception cref="WinkTransportException">IAM gave no response.</exception>
    public async Task SignOutAsync(IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        if (_tokens.Clear() is { Credential: { } credential, Token: { } token })
            await _revocation.SendAsync(credential, token, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads one application.</summary>
    /// <param name="application">The application.</param>
    /// <param name="maximumWait">The longest time that is waited at once when Wink's rate limit is reached (429).</param>
    /// <param name="progress">Reports each request and delay.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="WinkApiException">Wink refused, or its response could not be used.</exception>
    /// <exception cref="WinkSignInException">A new token was needed and IAM refused it.</exception>
    /// <exception cref="WinkTransportException">There was no complete response.</exception>
    public Task<Application> GetApplicationAsync(
        ApplicationReference application, TimeSpan maximumWait, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        _account.ReadApplicationAsync(application, maximumWait, progress, cancellationToken);

    /// <summary>Reads one application, and waits a minute at most when Wink's rate limit is reached.</summary>
    /// <inheritdoc cref="GetApplicationAsync(ApplicationReference, TimeSpan, IProgress{WinkEvent}, CancellationToken)"/>
    public Task<Application> GetApplicationAsync(
        ApplicationReference application, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        _account.ReadApplicationAsync(application, AccountReader.LongestDelay, progress, cancellationToken);

    /// <summary>Reads all managing entities that the signed-in application may see, each as soon as it arrives.</summary>
    /// <param name="type">Only those of this kind, such as HOTEL; null for all.</param>
    /// <param name="progress">Reports each request.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="WinkApiException">
    /// Wink refused, or its response could not be used or was incomplete. Some elements may have been returned before that.
    /// </exception>
    /// <exception cref="WinkSignInException">A new token was needed and IAM refused it.</exception>
    /// <exception cref="WinkTransportException">There was no response.</exception>
    public IAsyncEnumerable<ManagingEntity> ListManagingEntitiesAsync(
        string? type, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        _account.ListManagingEntitiesAsync(type, progress, cancellationToken);

    /// <summary>Reads all applications of a managing entity, each as soon as it arrives.</summary>
    /// <param name="managingEntityId">The managing entity's identifier.</param>
    /// <param name="progress">Reports each request.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="ArgumentException">The identifier is not valid; see <see cref="ResourceIdentifier"/>.</exception>
    /// <inheritdoc cref="ListManagingEntitiesAsync" path="/exception"/>
    public IAsyncEnumerable<Application> ListApplicationsAsync(
        string managingEntityId, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        _account.ListApplicationsAsync(managingEntityId, progress, cancellationToken);

    /// <summary>Whether a reading of a client ID can still be relied on for a rotation: it is at most 5 s old.</summary>
    /// <param name="application">The application.</param>
    /// <param name="reading">Its client ID, as it was read over this connection.</param>
    public bool IsFresh(ApplicationReference application, ClientIdReading reading) => _baseline.IsFresh(application, reading);

    /// <summary>Whether a rotation of this process gave the application other credentials since it had this client ID.</summary>
    /// <param name="application">The application.</param>
    /// <param name="clientId">A client ID that was read: the read lags behind the rotation then.</param>
    public bool IsReplaced(ApplicationReference application, string clientId) => _known.IsReplaced(application, clientId);

    /// <summary>
    /// Marks an application as being rotated, in the whole process, until the result is disposed; null where it is already. A caller that
    /// saves the new credentials holds it until they are saved.
    /// </summary>
    /// <param name="application">The application.</param>
    public IDisposable? TryEnter(ApplicationReference application) => _known.TryEnter(application);

    /// <summary>
    /// Rotates an application's credentials. The request is sent at most once, and the old credentials are revoked immediately. Where no
    /// usable response comes back, the application's client ID tells what happened. Where it changed within seconds after the response was
    /// lost, the new secret was lost with it, and the rotation is repeated, at most twice: that rests on the assumption that nobody else
    /// rotated the application in those seconds. When it is the application that is signed in here, it is never repeated, and this client
    /// continues with the new credentials.
    /// </summary>
    /// <param name="application">The application.</param>
    /// <param name="parameters">What the caller knows of it and wants.</param>
    /// <param name="progress">Reports each request and delay, and a lost secret.</param>
    /// <param name="cancellationToken">
    /// Cancels it as long as nothing was sent. After that the response is awaited, within the timeout, and nothing more is sent.
    /// </param>
    /// <returns>The new credentials.</returns>
    /// <exception cref="RotationOutcomeException">No new credentials were made or received; its outcome says which.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before Wink acted.</exception>
    public async Task<RotatedCredential> RotateCredentialsAsync(
        ApplicationReference application,
        RotationParameters parameters,
        IProgress<WinkEvent>? progress,
        CancellationToken cancellationToken)
    {
        switch (await _rotator.RotateAsync(
            new RotationJob(application, parameters, progress), cancellationToken).ConfigureAwait(false))
        {
            case RotationResult.Rotated { Credentials: var rotated }:
                _own.Continue(application, rotated);
                return rotated;
            case RotationResult.Failed failed:
                throw new RotationOutcomeException(application, failed);
            default:
                throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <summary>
    /// After a rotation of an application that could not be read: when it was the one that is signed in here, IAM refuses the old
    /// credentials now, and this client continues with the new ones.
    /// </summary>
    /// <param name="rotated">The new credentials.</param>
    /// <param name="progress">Reports the requests.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public Task ContinueIfOwnAsync(RotatedCredential rotated, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        _own.ContinueIfOldIsRefusedAsync(rotated, progress, cancellationToken);

    /// <summary>Remembers that credentials that were received were saved, where they are used.</summary>
    /// <param name="application">The application.</param>
    /// <param name="clientId">Their client ID.</param>
    public void AddSaved(ApplicationReference application, string clientId) => _known.AddSaved(application, clientId);

    /// <summary>
    /// Of two applications that take turns: the last credentials of the standby that this process has received, where that was after those
    /// that are said to be in use, and either they were not saved, or it is not known that the other application was rotated since.
    /// </summary>
    /// <param name="standby">The application that is to be rotated.</param>
    /// <param name="inUse">The other one.</param>
    /// <param name="clientIdInUse">Its client ID.</param>
    /// <returns>Their client ID, and whether they were saved; null where there are none.</returns>
    public (string ClientId, bool IsSaved)? FindNewer(ApplicationReference standby, ApplicationReference inUse, string clientIdInUse) =>
        _known.FindNewer(standby, inUse, clientIdInUse);

    /// <summary>
    /// Remembers, for the whole process, that received credentials need not be kept any more: the next switch may revoke them.
    /// </summary>
    /// <param name="applicationId">The application's id.</param>
    /// <param name="clientId">Their client ID.</param>
    public static void Dismiss(string applicationId, string clientId) => KnownApplications.Dismiss(applicationId, clientId);

    /// <summary>The same for all credentials of an application that were received from this API.</summary>
    /// <param name="applicationId">The application's id.</param>
    /// <returns>Whether there were any.</returns>
    public bool DismissAll(string applicationId) => _known.DismissAll(applicationId);

    /// <summary>Asks IAM whether credentials are valid, by a token request of its own.</summary>
    /// <param name="credential">The credentials.</param>
    /// <param name="progress">Reports the request.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>True when IAM accepts the credentials, false when it refuses them.</returns>
    /// <exception cref="WinkSignInException">IAM's response tells neither.</exception>
    /// <exception cref="WinkTransportException">IAM gave no response.</exception>
    public Task<bool> TestCredentialAsync(
        ClientCredential credential, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        _credentials.TestAsync(credential, progress, cancellationToken);

    /// <summary>Tests new credentials until IAM accepts them, for up to 30 seconds: IAM may not know them immediately.</summary>
    /// <inheritdoc cref="TestCredentialAsync"/>
    public Task<bool> VerifyCredentialAsync(
        ClientCredential credential, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        _credentials.TestUntilAsync(
            credential, isAccepted => isAccepted, TimeSpan.FromSeconds(30), CancellationToken.None, progress, cancellationToken);

    /// <summary>A text without the secrets that this client uses, or recently used or received: each is replaced by ***.</summary>
    /// <param name="text">The text.</param>
    public string RemoveSecrets(string text) => _text.Secrets.RemoveFrom(text);

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        _http.Dispose();
        _rotationHttp.Dispose();
    }
}
