namespace Wink.Sandbox;

/// <summary>A managing entity.</summary>
public sealed record SandboxManagingEntity(string Id, string Name, string Type = "TRAVEL_AGENT", string Status = "ACTIVE");
