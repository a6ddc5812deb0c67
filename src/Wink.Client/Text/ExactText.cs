using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wink.Client;

/// <summary>
/// Reads an identifier exactly as it was received, since it is compared and sent. <see cref="ServerText"/> cleans text that is only shown.
/// </summary>
internal sealed class ExactText : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => throw new NotSupportedException();
}
