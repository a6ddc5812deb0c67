using Wink.Sandbox;

namespace Wink.Client.Tests;

public sealed class CancellationTests : SandboxTest
{
    [Fact]
    public async Task Before_anything_is_sent_a_rotation_is_given_up_at_once()
    {
        using var client = Client();
        using var stop = new CancellationTokenSource();
        Sandbox.Faults.Add(new Fault { Operation = Operation.Token, DelayMs = 20000 });

        var rotation = client.RotateCredentialsAsync(Target, null, null, stop.Token);
        await SeenAsync(Operation.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rotation);
        Assert.Equal(0, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task Once_sent_a_rotation_is_awaited_and_brings_its_pair()
    {
        using var client = Client();
        using var stop = new CancellationTokenSource();
        Sandbox.Faults.Add(new Fault { Operation = Operation.Rotation, DelayMs = 500 });

        var rotation = client.RotateCredentialsAsync(Target, null, null, stop.Token);
        await SeenAsync(Operation.Rotation);
        await stop.CancelAsync();

        var rotated = await rotation;
        Assert.Equal(Now().ClientId, rotated.Credential.ClientId);
    }

    private async Task SeenAsync(Operation operation)
    {
        while (Seen(operation) == 0)
            await Task.Delay(5, Cancellation);
    }
}
