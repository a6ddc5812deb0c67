using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wink.Client;

/// <summary>Reads all text that comes from a server, but for identifiers: without what steers a terminal, and without what the connection knows to be secret.</summary>
internal sealed class ServerText : JsonConverter<string>
{
    public ServerText() => Json = new ApiJson(new JsonSerializerOptions { Converters = { this } });

    /// <summary>What must not be shown.</summary>
    public KnownSecrets Secrets { get; } = new();

    /// <summary>Reads bodies whose every text is cleaned.</summary>
    public ApiJson Json { get; }

    /// <summary>The text, cleaned.</summary>
    public string Clean(string text) => Secrets.RemoveFrom(TerminalText.Clean(text));

    /// <summary>Reads a problem detail from a body of any media type: gateways label theirs at will.</summary>
    public ProblemDetail ReadProblem(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, Json.ProblemDetail) ?? ProblemDetail.None;
        }
        catch (JsonException)
        {
            return ProblemDetail.None;
        }
    }

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text ? Clean(text) : null;

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => throw new NotSupportedException();
}
