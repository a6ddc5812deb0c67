using System.Text.Json.Serialization;

namespace Wink.Client;

/// <summary>The types that are read from responses. Their readers are generated at build time, so a start needs no reflection.</summary>
[JsonSerializable(typeof(Application))]
[JsonSerializable(typeof(ManagingEntity))]
[JsonSerializable(typeof(ProblemDetail))]
[JsonSerializable(typeof(TokenResponse))]
internal sealed partial class ApiJson : JsonSerializerContext;
