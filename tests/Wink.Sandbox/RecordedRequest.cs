namespace Wink.Sandbox;

/// <summary>A request as it arrived. It counts from the moment its header block was read, whatever became of it.</summary>
public sealed record RecordedRequest(
    Operation Operation,
    string Method,
    string Target,
    string Protocol,
    string Scheme,
    string ConnectionId,
    IReadOnlyDictionary<string, string> Headers);
