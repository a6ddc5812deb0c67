using System.Net;

namespace Wink.Client;

/// <summary>
/// Whether one request is sent again after it was refused. Two responses prove that Wink did not act: 401, after which it is sent once more
/// with a renewed token, and 429, after which it is sent again when the time is over that Wink asks for.
/// </summary>
/// <param name="tokens">The access tokens of the connection.</param>
/// <param name="letThrough">Counts the requests of the same kind that were not refused.</param>
/// <param name="longestDelay">The longest time that is waited at once.</param>
internal sealed class RefusalRetry(AccessTokenProvider tokens, LetThroughCount letThrough, TimeSpan longestDelay)
{
    /// <summary>So often in a row, while no other request of the kind was let through either.</summary>
    private const int MaxRefusals = 3;

    /// <summary>
    /// So often at all: where others are let through each time, it is this request that Wink refuses, and all wait for it.
    /// </summary>
    private const int MaxRefusalsAtAll = 10;

    private bool _mayRenew = tokens.CanRenew;
    private int _refusals;
    private int _refusalsAtAll;
    private long _letThrough;
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

    /// <summary>Wink's rate limit let this request through.</summary>
    public void AddLetThrough() => letThrough.AddLetThrough();

    /// <summary>
    /// Counts a response. True where the request is to be sent again after it: with 401, with a renewed token; with 429, when the rate
    /// limit lets it.
    /// </summary>
    /// <param name="status">The status of the response.</param>
    /// <param name="retryAfter">The delay that Wink asks for; null for none.</param>
    public bool TryRetry(HttpStatusCode status, TimeSpan? retryAfter)
    {
        if (status != HttpStatusCode.TooManyRequests)
        {
            AddLetThrough();
            if (status != HttpStatusCode.Unauthorized || !_mayRenew)
                return false;

            _mayRenew = false;
            _refused = _token;
            return true;
        }

        if (retryAfter is not { } delay || delay > longestDelay)
            return false;

        // Others may have used up what Wink allows meanwhile. That is no reason to end this one.
        var count = letThrough.Value;
        _refusals = count == _letThrough ? _refusals + 1 : 1;
        _letThrough = count;
        return _refusals <= MaxRefusals && ++_refusalsAtAll <= MaxRefusalsAtAll;
    }
}
