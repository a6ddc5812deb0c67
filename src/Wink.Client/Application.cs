using System.Text.Json.Serialization;

namespace Wink.Client;

/// <summary>An application as the API describes it. Any member may be missing from an answer.</summary>
public sealed record Application
{
    /// <summary>The application's identifier.</summary>
    [JsonPropertyName("id")]
    public string? Id { get; init; }

    /// <summary>The name that a person gave it.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>The client id of the pair in force.</summary>
    [JsonPropertyName("clientId")]
    public string? ClientId { get; init; }
}
