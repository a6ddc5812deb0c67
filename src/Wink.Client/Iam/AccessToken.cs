namespace Wink.Client;

/// <summary>An access token and when to stop using it.</summary>
internal sealed class AccessToken(string value, DateTime? expiresAt, DateTime? renewAt)
{
    /// <summary>What goes into the Authorization header. A string, since a header is one.</summary>
    public string Value => value;

    /// <summary>When the token ends, UTC; null where nobody said.</summary>
    public DateTime? ExpiresAt => expiresAt;

    public bool IsFresh => renewAt is null || DateTime.UtcNow < renewAt;
}
