using Wink.Client;

namespace Wink.PowerShell;

/// <summary>What a switch does with two applications that take turns: one is in use, and the other one is rotated.</summary>
/// <param name="InUse">The application whose credentials are in use.</param>
/// <param name="Standby">The other one.</param>
internal sealed record SwitchPlan(Application InUse, Application Standby)
{
    private const string WhenNothingFits =
        "Read -CurrentCredential from where consumers read it, just before the switch, and compare its client ID with those that " +
        "Get-WinkApplication shows. Where what consumers read is revoked, and nobody has valid credentials, rotate one of the two with " +
        "Invoke-WinkCredentialRotation and save what it returns.";

    /// <summary>Finds out which one is in use, and whether the other one can take its place.</summary>
    /// <param name="one">An application.</param>
    /// <param name="other">Another one.</param>
    /// <param name="clientIdInUse">The client ID that consumers use.</param>
    /// <param name="problem">Why not; null where it can.</param>
    public static SwitchPlan? Find(Application one, Application other, string clientIdInUse, out SwitchProblem? problem)
    {
        var isOne = ClientIdReading.AreSame(one.ClientId, clientIdInUse);
        var isOther = ClientIdReading.AreSame(other.ClientId, clientIdInUse);
        problem = (isOne, isOther) switch
        {
            (false, false) => new("neither application has the client ID of -CurrentCredential", WhenNothingFits),
            (true, true) => new(
                "both applications have the client ID of -CurrentCredential", "Look at both with Get-WinkApplication, and ask Wink."),
            _ when !HaveSameOwner(one, other) => new(
                "they do not have the same owner, or it could not be read",
                "Compare OwnerName and OwnerId of the two in Get-WinkApplication. Two applications take turns only where they have the " +
                "same owner."),
            _ when !HaveSameScopes(one, other) => new(
                "they do not have the same scopes, or these could not be read",
                "Compare the Scopes of the two in Get-WinkApplication, and have Wink give them the same ones: consumers would lack " +
                "a right after the switch."),
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
