using System.Text.Json.Serialization;

namespace Wink.Client;

/// <summary>An application as the API describes it. Any member may be missing from a response.</summary>
public sealed record Application
{
    /// <summary>The application's identifier.</summary>
    [JsonPropertyName("id")]
    [JsonConverter(typeof(ExactText))]
    public string? Id { get; init; }

    /// <summary>The name that a person gave it.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>The client ID of the valid credentials.</summary>
    [JsonPropertyName("clientId")]
    [JsonConverter(typeof(ExactText))]
    public string? ClientId { get; init; }

    /// <summary>The scopes that it may ask for.</summary>
    [JsonPropertyName("scopes")]
    public IReadOnlyList<string?>? Scopes { get; init; }

    /// <summary>Where a browser may be sent after signing in.</summary>
    [JsonPropertyName("redirectUris")]
    public IReadOnlyList<string?>? RedirectUris { get; init; }

    /// <summary>Where a browser may be sent after signing out.</summary>
    [JsonPropertyName("postLogoutRedirectUris")]
    public IReadOnlyList<string?>? PostLogoutRedirectUris { get; init; }

    /// <summary>The identifier of the company that owns it.</summary>
    [JsonPropertyName("ownerIdentifier")]
    [JsonConverter(typeof(ExactText))]
    public string? OwnerIdentifier { get; init; }

    /// <summary>The name of the company that owns it.</summary>
    [JsonPropertyName("ownerName")]
    public string? OwnerName { get; init; }

    /// <summary>The identifier of the user that it belongs to.</summary>
    [JsonPropertyName("userIdentifier")]
    [JsonConverter(typeof(ExactText))]
    public string? UserIdentifier { get; init; }

    /// <summary>The identifier of its icon.</summary>
    [JsonPropertyName("iconIdentifier")]
    [JsonConverter(typeof(ExactText))]
    public string? IconIdentifier { get; init; }

    /// <summary>
    /// Since when it is like this, as far as is known: when the request was started that read it, or earlier where a cache responded. A
    /// timestamp of the connection's <see cref="TimeProvider"/>.
    /// </summary>
    [JsonIgnore]
    public long ReadAt { get; init; }
}
