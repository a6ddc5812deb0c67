namespace Wink.Client;

/// <summary>What came of a request, as far as it decides whether the same request may be sent again.</summary>
internal interface IRetryable
{
    /// <summary>True when Wink refused the access token, and so did not act.</summary>
    bool IsTokenRefused { get; }

    /// <summary>With 429: how long to wait before the next try; null where nothing is said, or where it was no refusal.</summary>
    TimeSpan? RetryAfter { get; }
}
