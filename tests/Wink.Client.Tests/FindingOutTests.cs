using Microsoft.Extensions.Time.Testing;
using Wink.Sandbox;

namespace Wink.Client.Tests;

public sealed class FindingOutTests : SandboxTestBase
{
    [Fact]
    public async Task Without_the_client_ID_from_before_nothing_is_proven_and_nothing_is_sent_again()
    {
        using var client = Client();
        Sandbox.Faults.Add(Fault.Lost());
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Status = 403, Times = 1 });

        var failure = await Assert.ThrowsAsync<RotationOutcomeException>(
            () => client.RotateCredentialsAsync(Target, new RotationParameters(), null, Cancellation));

        Assert.Equal(RotationOutcome.Unknown, failure.Outcome);
        Assert.Equal(Now().ClientId, failure.ClientId);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task An_application_that_cannot_be_read_leaves_it_unknown()
    {
        using var client = Client();
        Sandbox.Faults.Add(Fault.Lost());
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Status = 403 });

        var failure = await FailsAsync(client, Old.ClientId);

        Assert.Equal(RotationOutcome.Unknown, failure.Outcome);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task An_API_that_is_silent_for_the_whole_timeout_is_not_waited_for_again()
    {
        var time = new FakeTimeProvider();
        using var client = Client(options => ByToken(options) with { Time = time, Timeout = TimeSpan.FromHours(1) });
        Sandbox.Faults.Add(Fault.Lost(FaultMoment.BeforeActing));
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Until = NewGate().Task });

        var known = new RotationParameters { Reading = new ClientIdReading(Old.ClientId, time.GetTimestamp()) };
        var failing = Assert.ThrowsAsync<RotationOutcomeException>(
            () => client.RotateCredentialsAsync(Target, known, null, Cancellation));
        // No time passes before it is sent. Then come the pauses before each read.
        await SeenAsync(Operation.Rotation);
        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(1), () => Seen(Operation.Application) == 1);
        await AdvanceUntilAsync(time, client.Timeout, () => failing.IsCompleted);
        var failure = await failing;

        Assert.Equal(RotationOutcome.Unknown, failure.Outcome);
        Assert.Equal(1, Seen(Operation.Application));
    }

    [Fact]
    public async Task A_repeat_that_is_refused_does_not_say_that_the_old_credentials_are_valid()
    {
        using var client = Client();
        Sandbox.Faults.Add(Fault.Lost() with { Times = 1 });
        Sandbox.Faults.Add(new Fault { Operation = Operation.Rotation, Status = 403 });

        var failure = await FailsAsync(client, Old.ClientId);

        Assert.Equal(RotationOutcome.SecretLost, failure.Outcome);
        Assert.Equal(403, (int)Assert.IsType<WinkApiException>(failure.InnerException).StatusCode);
    }
}
