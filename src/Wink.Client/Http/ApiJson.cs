using System.Text.Json.Serialization;

namespace Wink.Client;

/// <summary>The shapes that are read from answers, with readers generated at build time: no reflection when a cmdlet starts.</summary>
[JsonSerializable(typeof(Application))]
[JsonSerializable(typeof(ManagingEntity))]
[JsonSerializable(typeof(ProblemDetail))]
[JsonSerializable(typeof(TokenResponse))]
internal sealed partial class ApiJson : JsonSerializerContext;
