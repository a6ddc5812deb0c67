using System.Text.Json.Serialization;

namespace Wink.Client;

/// <summary>A problem detail of RFC 9457. Every member may be missing.</summary>
public sealed record ProblemDetail
{
    internal static readonly ProblemDetail None = new();

    /// <summary>A URI that names the kind of problem.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>The kind of problem in words.</summary>
    [JsonPropertyName("title")]
    public string? Title { get; init; }

    /// <summary>This occurrence of the problem in words.</summary>
    [JsonPropertyName("detail")]
    public string? Detail { get; init; }

    /// <summary>A URI that names this occurrence of the problem, for a support request.</summary>
    [JsonPropertyName("instance")]
    public string? Instance { get; init; }

    /// <summary>The detail, or else the title, on one line; null where there is neither.</summary>
    [JsonIgnore]
    public string? Summary => TerminalText.OneLine(Detail) ?? TerminalText.OneLine(Title);
}
