using System.Net;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>The environment variables that Connect-Wink -EnvironmentVariable reads.</summary>
internal static class WinkEnvironmentVariables
{
    /// <summary>The name of the Wink installation, or null where it is not set.</summary>
    public static string? EnvironmentName => Read("WINK_ENVIRONMENT");

    /// <exception cref="ArgumentException">One of the two variables is not set.</exception>
    public static ClientCredential Credential()
    {
        var (id, secret) = (Read("WINK_CLIENT_ID"), Read("WINK_CLIENT_SECRET"));
        // Those of Wink's own SDK, but never half of each: they may be of two applications.
        if (id is null && secret is null)
            (id, secret) = (Read("WINK_TRAVEL_CLIENT_ID"), Read("WINK_TRAVEL_CLIENT_SECRET"));

        return id is not null && secret is not null
            ? new ClientCredential(id, new NetworkCredential(id, secret).SecurePassword)
            : throw new ArgumentException(
                "-EnvironmentVariable needs both WINK_CLIENT_ID and WINK_CLIENT_SECRET to be set, or both WINK_TRAVEL_CLIENT_ID and " +
                "WINK_TRAVEL_CLIENT_SECRET.");
    }

    private static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
