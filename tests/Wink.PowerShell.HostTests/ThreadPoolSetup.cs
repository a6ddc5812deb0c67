using System.Runtime.CompilerServices;

namespace Wink.PowerShell.HostTests;

internal static class ThreadPoolSetup
{
    /// <summary>A pipeline blocks its thread, and a pool that is short of threads makes stops and timers late.</summary>
    [ModuleInitializer]
    internal static void AddThreads() => ThreadPool.SetMinThreads(workerThreads: 64, completionPortThreads: 64);
}
