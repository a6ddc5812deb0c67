using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace Wink.PowerShell;

/// <summary>The connection that a runspace's cmdlets use by default. One per runspace, never per process: jobs share processes.</summary>
internal static class CurrentConnection
{
    private static readonly ConditionalWeakTable<Runspace, WinkConnection> Connections = [];
    private static readonly ConditionalWeakTable<Runspace, WinkConnection> LastConnections = [];

    /// <summary>The calling runspace's connection, or null.</summary>
    public static WinkConnection? Get() => In(Connections);

    /// <summary>The connection that the calling runspace has, or had until it was forgotten: its rotations may still be wanted.</summary>
    public static WinkConnection? GetLast() => In(LastConnections);

    public static void Set(WinkConnection connection)
    {
        Connections.AddOrUpdate(Runspace.DefaultRunspace, connection);
        LastConnections.AddOrUpdate(Runspace.DefaultRunspace, connection);
    }

    public static void Forget() => Connections.Remove(Runspace.DefaultRunspace);

    private static WinkConnection? In(ConditionalWeakTable<Runspace, WinkConnection> connections) =>
        connections.TryGetValue(Runspace.DefaultRunspace, out var connection) ? connection : null;
}
