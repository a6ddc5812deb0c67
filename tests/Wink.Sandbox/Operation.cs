using System.Text.Json.Serialization;

namespace Wink.Sandbox;

/// <summary>What a request asks Wink for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Operation>))]
public enum Operation
{
    Other,
    Token,
    TokenRevocation,
    ManagingEntities,
    Applications,
    Application,
    Rotation,
}
