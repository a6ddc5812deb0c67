namespace Wink.Client;

/// <summary>A result of a request that tells whether the same request may be sent again.</summary>
internal interface IRetryable
{
    /// <summary>True when Wink refused the access token, and so did not act.</summary>
    bool IsTokenRefused { get; }

    /// <summary>With 429: how long to wait before the next attempt; null where Wink did not say, or did not refuse.</summary>
    TimeSpan? RetryAfter { get; }
}
