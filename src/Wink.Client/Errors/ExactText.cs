using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wink.Client;

/// <summary>Reads an identifier exactly as it came, where <see cref="ServerText"/> cleans what is only read by people: it is compared and sent.</summary>
internal sealed class ExactText : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => throw new NotSupportedException();
}
