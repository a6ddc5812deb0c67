namespace Wink.Client;

/// <summary>An access token and when to stop using it.</summary>
internal sealed class AccessToken(string value, DateTime? expiresAt, DateTime? renewAt)
{
    /// <summary>Whether a text can be a token at all: visible ASCII (RFC 6750 section 2.1). Anything else can't go into a header.</summary>
    public static bool IsValid(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>What goes into the Authorization header. A string, since a header is one.</summary>
    public string Value => value;

    /// <summary>When the token expires, UTC; null where IAM did not say.</summary>
    public DateTime? ExpiresAt => expiresAt;

    /// <summary>True while it is valid for at least the next moments.</summary>
    public bool IsFresh(TimeProvider time) => renewAt is null || time.GetUtcNow() < renewAt;
}
