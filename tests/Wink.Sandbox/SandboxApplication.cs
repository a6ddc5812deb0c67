namespace Wink.Sandbox;

/// <summary>An application with the pair that is in force.</summary>
public sealed record SandboxApplication(
    string ManagingEntityId, string Id, string Name, string ClientId, string Secret, IReadOnlyList<string> Scopes);
