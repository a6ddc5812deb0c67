using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wink.Client;

/// <summary>
/// Reads all text from a server except identifiers. It removes what controls a terminal, and the secrets that the connection knows.
/// </summary>
internal sealed class ServerText : JsonConverter<string>
{
    public ServerText() => Json = new ApiJson(new JsonSerializerOptions { Converters = { this } });

    /// <summary>What must not be shown.</summary>
    public KnownSecrets Secrets { get; } = new();

    /// <summary>Reads bodies and cleans all text in them.</summary>
    public ApiJson Json { get; }

    /// <summary>The text, cleaned.</summary>
    public string Clean(string text) => Secrets.RemoveFrom(TerminalText.Clean(text));

    /// <summary>Reads a problem detail from a body of any media type: gateways send wrong ones.</summary>
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
