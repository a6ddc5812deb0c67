using System.Text.Json.Serialization;

namespace Wink.Client;

/// <summary>IAM's response to a request for a token: a token (RFC 6749 section 5.1) or an error (section 5.2).</summary>
internal sealed class TokenResponse
{
    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    [JsonPropertyName("expires_in")]
    public double? ExpiresIn { get; init; }

    [JsonPropertyName("error")]
    public string? Error { get; init; }
}
