using System.Text.Json.Serialization;

namespace Wink.Client;

/// <summary>
/// A managing entity, which owns applications. Of what the API returns, it has what a person needs to choose one. Any member may be
/// missing.
/// </summary>
public sealed record ManagingEntity
{
    /// <summary>The managing entity's identifier.</summary>
    [JsonPropertyName("id")]
    [JsonConverter(typeof(ExactText))]
    public string? Id { get; init; }

    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>Its kind, such as HOTEL or TRAVEL_AGENT.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>Its status, such as ACTIVE.</summary>
    [JsonPropertyName("status")]
    public string? Status { get; init; }
}
