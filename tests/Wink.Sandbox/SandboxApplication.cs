namespace Wink.Sandbox;

/// <summary>An application with its valid credentials.</summary>
public sealed record SandboxApplication(
    string ManagingEntityId, string Id, string Name, string ClientId, string Secret, IReadOnlyList<string> Scopes);
