namespace Wink.Client;

/// <summary>What one rotation request came to.</summary>
internal sealed record RotationAttempt : IRetryable
{
    /// <summary>How it failed, or null where credentials came and nothing is known that forbids to take them.</summary>
    public RotationOutcome? Failure { get; init; }

    /// <summary>Why it failed, or why the credentials are doubtful.</summary>
    public WinkException? Cause { get; init; }

    /// <summary>The credentials that came, also where they cannot be this application's.</summary>
    public RotatedCredential? Received { get; init; }

    /// <summary>Other credentials that came in the same response.</summary>
    public IReadOnlyList<RotatedCredential> Rivals { get; init; } = [];

    public bool IsTokenRefused { get; init; }

    public TimeSpan? RetryAfter { get; init; }
}
