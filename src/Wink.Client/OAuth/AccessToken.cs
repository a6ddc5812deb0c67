namespace Wink.Client;

/// <summary>An access token and when to stop using it.</summary>
internal sealed class AccessToken(string value, DateTime? expiresAt, DateTime? renewAt)
{
    /// <summary>Whether a text can be a token: visible ASCII (RFC 6750 section 2.1). Anything else cannot be sent in a header.</summary>
    public static bool IsValid(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>The value for the Authorization header. It is a string, as each header is.</summary>
    public string Value => value;

    /// <summary>When the token expires, UTC; null where IAM did not say.</summary>
    public DateTime? ExpiresAt => expiresAt;

    /// <summary>True while it need not be renewed yet.</summary>
    public bool IsFresh(TimeProvider time) => renewAt is null || time.GetUtcNow() < renewAt;
}
