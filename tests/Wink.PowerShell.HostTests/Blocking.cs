namespace Wink.PowerShell.HostTests;

/// <summary>A command downstream that blocks its thread, for scripts to call.</summary>
public static class Blocking
{
    /// <summary>Waits for an asynchronous call that comes back to its context. It never does where that context waits.</summary>
    public static void OnItsContext() => DelayAsync().GetAwaiter().GetResult();

    private static async Task DelayAsync() => await Task.Delay(1);
}
