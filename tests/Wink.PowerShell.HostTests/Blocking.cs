namespace Wink.PowerShell.HostTests;

/// <summary>Commands downstream that block their thread, for scripts to call.</summary>
public static class Blocking
{
    /// <summary>Ends <see cref="Save"/>.</summary>
    public static ManualResetEventSlim Saving { get; set; } = new();

    /// <summary>Waits for an asynchronous call that comes back to its context. It never does where that context waits.</summary>
    public static void OnItsContext() => DelayAsync().GetAwaiter().GetResult();

    /// <summary>Waits as for a slow vault.</summary>
    public static void Save() => Saving.Wait();

    private static async Task DelayAsync() => await Task.Delay(1);
}
