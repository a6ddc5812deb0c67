using Wink.Sandbox;

namespace Wink.Client.Tests;

[Trait("Runtime", "Each")]
public sealed class SlowServerTests : SandboxTestBase
{
    [Fact]
    public async Task A_server_that_takes_a_minute_to_start_is_waited_for()
    {
        using var client = Client(options => options with { Timeout = TimeSpan.FromSeconds(100) });
        Sandbox.Faults.Add(new Fault { Operation = Operation.Token, Times = 1, DelayMs = 60_000 });

        await client.SignInAsync(null, Cancellation);
        await client.RotateCredentialsAsync(Target, Known(null), null, Cancellation);

        Assert.Equal(1, Seen(Operation.Token));
        Assert.Equal(1, Seen(Operation.Rotation));
    }
}
