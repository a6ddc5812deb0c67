using System.Diagnostics;
using System.Runtime.CompilerServices;
using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>A test with a sandbox of its own, which it talks to over real sockets, and with a time of its own.</summary>
public abstract class ServerTestBase : IAsyncLifetime
{
    /// <summary>How long to wait for what must happen. What never does shows as a failure, and not as a suite that never ends.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<TaskCompletionSource> _gates = [];

    /// <summary>The time that a client and the sandbox may share.</summary>
    protected QuietTime Time { get; } = new();

    protected SandboxServer Sandbox { get; private set; } = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public abstract ValueTask InitializeAsync();

    public virtual async ValueTask DisposeAsync()
    {
        OpenGates();
        await Sandbox.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the sandbox, and returns the application that the test is signed in as.</summary>
    protected async Task<SandboxApplication> StartSandboxAsync()
    {
        Sandbox = await SandboxServer.StartAsync();
        Sandbox.State.AddManagingEntity(new SandboxManagingEntity("travel-tech", "Travel Tech"));
        return Sandbox.State.AddApplication("travel-tech", "operations", "Operations", "account.read", "account.write");
    }

    /// <summary>A gate for <see cref="Fault.Until"/>: responses are held until the test sets its result, or until its end.</summary>
    protected TaskCompletionSource NewGate()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gates.Add(gate);
        return gate;
    }

    /// <summary>A test that failed may have left some closed.</summary>
    protected void OpenGates() => _gates.ForEach(gate => gate.TrySetResult());

    protected int Seen(Operation operation) => Sandbox.Journal.Of(operation).Count;

    /// <summary>Waits until so many requests have arrived.</summary>
    protected Task SeenAsync(Operation operation, int count = 1) =>
        UntilAsync(() => Seen(operation) >= count, $"{count} requests of the kind {operation}");

    protected static Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string never = "") =>
        UntilAsync(() => Task.FromResult(condition()), never);

    /// <summary>Waits until a condition is true, in real time.</summary>
    protected static async Task UntilAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string never = "")
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Patience, $"Never: {never}");
            await Task.Delay(10, Cancellation);
        }
    }
}
