using Wink.Client;

namespace Wink.PowerShell;

/// <summary>What a switch does with two applications that take turns: one is in use, and the other one is rotated.</summary>
/// <param name="InUse">The application whose credentials are in use.</param>
/// <param name="Standby">The other one.</param>
internal sealed record SwitchPlan(Application InUse, Application Standby)
{
    /// <summary>Finds out which one is in use, and whether the other one can take its place.</summary>
    /// <param name="one">An application.</param>
    /// <param name="other">Another one.</param>
    /// <param name="clientIdInUse">The client ID that consumers use.</param>
    /// <param name="problem">Why not, in words, as a part of a sentence; null where it can.</param>
    public static SwitchPlan? Find(Application one, Application other, string clientIdInUse, out string? problem)
    {
        var isOne = ClientIdReading.AreSame(one.ClientId, clientIdInUse);
        var isOther = ClientIdReading.AreSame(other.ClientId, clientIdInUse);
        problem = (isOne, isOther) switch
        {
            (false, false) => "neither application has the client ID of -CurrentCredential",
            (true, true) => "both applications have the client ID of -CurrentCredential",
            _ when !HaveSameOwner(one, other) => "they do not have the same owner, or it could not be read",
            _ when !HaveSameScopes(one, other) => "they do not have the same scopes, or these could not be read",
            _ => null,
        };
        return problem is not null ? null : isOne ? new SwitchPlan(one, other) : new SwitchPlan(other, one);
    }

    private static bool HaveSameOwner(Application one, Application other) =>
        !string.IsNullOrWhiteSpace(one.OwnerIdentifier) &&
        string.Equals(one.OwnerIdentifier, other.OwnerIdentifier, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The order does not matter. An empty list does not say what an application may do, and neither does one with a gap.
    /// </summary>
    private static bool HaveSameScopes(Application one, Application other) =>
        ScopesOf(one) is { } scopes && ScopesOf(other) is { } others && scopes.SetEquals(others);

    private static HashSet<string?>? ScopesOf(Application application) =>
        application.Scopes is { Count: > 0 } scopes && !scopes.Any(string.IsNullOrWhiteSpace)
            ? scopes.ToHashSet(StringComparer.Ordinal)
            : null;
}
