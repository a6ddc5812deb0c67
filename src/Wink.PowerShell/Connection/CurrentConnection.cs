using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace Wink.PowerShell;

/// <summary>The connection that a runspace's cmdlets use by default. One per runspace, never per process: jobs share processes.</summary>
internal static class CurrentConnection
{
    private static readonly ConditionalWeakTable<Runspace, WinkConnection> Connections = [];

    /// <summary>The calling runspace's connection, or null.</summary>
    public static WinkConnection? Get() =>
        Connections.TryGetValue(Runspace.DefaultRunspace, out var connection) ? connection : null;

    public static void Set(WinkConnection connection) => Connections.AddOrUpdate(Runspace.DefaultRunspace, connection);

    public static void Clear() => Connections.Remove(Runspace.DefaultRunspace);
}
