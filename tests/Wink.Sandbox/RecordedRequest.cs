namespace Wink.Sandbox;

/// <summary>A request as it was received. It is recorded as soon as its headers were read, whatever happens to it later.</summary>
public sealed record RecordedRequest(
    Operation Operation,
    string Method,
    string Target,
    string Protocol,
    string Scheme,
    string ConnectionId,
    IReadOnlyDictionary<string, string> Headers,
    DateTime At);
