namespace Wink.PowerShell.HostTests;

/// <summary>Holds up the thread that calls it, as a slow vault does, until the test ends it.</summary>
public sealed class SlowCommand
{
    private readonly TaskCompletionSource _called = new();
    private readonly TaskCompletionSource _ended = new();

    /// <summary>Whether a script is, or was, held up by it.</summary>
    public bool WasCalled => _called.Task.IsCompleted;

    public void Run()
    {
        _called.TrySetResult();
        _ended.Task.Wait();
    }

    public void End() => _ended.TrySetResult();
}
