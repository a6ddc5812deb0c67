using System.Net;

namespace Wink.Client;

/// <summary>
/// Whether one request is sent again. Two responses prove that Wink did not act: 401, after which it is sent once more with a renewed
/// token, and 429, after which it is sent up to three more times, each after the delay that Wink asks for.
/// </summary>
/// <param name="tokens">The access tokens of the connection.</param>
/// <param name="host">The host that the request is sent to.</param>
/// <param name="time">The source of the time.</param>
internal sealed class RequestRetry(AccessTokenProvider tokens, string host, TimeProvider time)
{
    private const int MaxDelays = 3;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(60);

    private bool _mayRenew = tokens.CanRenew;
    private int _delays;
    private AccessToken? _token;
    private AccessToken? _refused;

    /// <summary>The token to send with: the current one, or another where Wink refused that.</summary>
    /// <inheritdoc cref="AccessTokenProvider.GetAsync" path="/exception"/>
    public async Task<AccessToken> GetTokenAsync(IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        _token = await (_refused is null
            ? tokens.GetAsync(progress, cancellationToken)
            : tokens.RenewAsync(_refused, progress, cancellationToken)).ConfigureAwait(false);
        _refused = null;
        return _token;
    }

    /// <summary>Whether the request is to be sent again after this response. With 429, it returns after the delay.</summary>
    /// <param name="status">The status of the response.</param>
    /// <param name="retryAfter">The delay that Wink asks for; null for none.</param>
    /// <param name="progress">Reports the delay.</param>
    /// <param name="cancellationToken">Cancels the delay.</param>
    public async Task<bool> MaySendAgainAsync(
        HttpStatusCode status, TimeSpan? retryAfter, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        if (status == HttpStatusCode.Unauthorized && _mayRenew)
        {
            _mayRenew = false;
            _refused = _token;
            return true;
        }

        if (status != HttpStatusCode.TooManyRequests || retryAfter is not { } delay || delay > LongestDelay || _delays == MaxDelays)
            return false;

        _delays++;
        progress?.Report(new RetryDelayed(host, delay));
        await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
