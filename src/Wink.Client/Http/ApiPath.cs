namespace Wink.Client;

/// <summary>The paths of Wink's API, below its base URI.</summary>
internal static class ApiPath
{
    private const string Root = "api/managing-entity";

    public static string ManagingEntities(string? type) => type is null ? $"{Root}/list" : $"{Root}/list?type={Uri.EscapeDataString(type)}";

    /// <exception cref="ArgumentException">The identifier would change the path.</exception>
    public static string Applications(string managingEntityId) =>
        $"{Root}/{ResourceIdentifier.Validate(managingEntityId, ResourceIdentifier.ManagingEntity)}/application/list";

    public static string Application(ApplicationReference application) =>
        $"{Root}/{application.ManagingEntityId}/application/{application.ApplicationId}";

    public static string Rotation(ApplicationReference application) => $"{Application(application)}/revoke";

    /// <summary>Whether the bytes of a request begin a rotation: a GET with a path that ends like that of <see cref="Rotation"/>.</summary>
    public static bool IsRotation(ReadOnlySpan<byte> request) =>
        request.StartsWith("GET "u8) &&
        request["GET "u8.Length..] is var target &&
        target[..Math.Max(0, target.IndexOf((byte)' '))].EndsWith("/revoke"u8);
}
