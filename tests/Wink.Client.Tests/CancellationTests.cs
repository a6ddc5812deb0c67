using System.Net;
using Wink.Sandbox;

namespace Wink.Client.Tests;

[Trait("Runtime", "Each")]
public sealed class CancellationTests : SandboxTestBase
{
    [Fact]
    public async Task Before_anything_is_sent_a_rotation_is_cancelled_immediately()
    {
        using var client = Client();
        using var stop = new CancellationTokenSource();
        Sandbox.Faults.Add(new Fault { Operation = Operation.Token, Until = NewGate().Task });

        var rotation = client.RotateCredentialsAsync(Target, Known(null), null, stop.Token);
        await SeenAsync(Operation.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rotation);
        Assert.Equal(0, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task Once_sent_a_rotation_is_awaited_and_returns_its_credentials()
    {
        using var client = Client();
        using var stop = new CancellationTokenSource();
        var response = NewGate();
        Sandbox.Faults.Add(new Fault { Operation = Operation.Rotation, Until = response.Task });

        var rotation = client.RotateCredentialsAsync(Target, Known(null), null, stop.Token);
        await SeenAsync(Operation.Rotation);
        await stop.CancelAsync();
        response.SetResult();

        var rotated = await rotation;
        Assert.Equal(Now().ClientId, rotated.Credential.ClientId);
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, RotationOutcome.SecretLost)]
    public async Task Once_cancelled_the_client_ID_is_still_read_once(bool responds, RotationOutcome? outcome)
    {
        using var client = Client();
        using var stop = new CancellationTokenSource();
        var response = NewGate();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Moment = FaultMoment.AfterActing,
            Until = response.Task,
            Status = responds ? 200 : null,
            Body = """{"clientId":{clientId},"secretKey":{secretKey}}""",
            Close = !responds,
        });

        var rotation = client.RotateCredentialsAsync(Target, Known(Old.ClientId), null, stop.Token);
        await SeenAsync(Operation.Rotation);
        await stop.CancelAsync();
        response.SetResult();

        Assert.Equal(outcome, (await Record.ExceptionAsync(() => rotation) as RotationOutcomeException)?.Outcome);
        Assert.Equal((1, 1), (Seen(Operation.Rotation), Seen(Operation.Application)));
    }

    [Theory]
    [InlineData(500, "booking-engine")]
    [InlineData(200, "")]
    public async Task Once_cancelled_IAM_is_still_heard_when_it_refuses_what_was_received(int status, string id)
    {
        using var client = Client();
        using var stop = new CancellationTokenSource();
        var response = NewGate();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Moment = FaultMoment.AfterActing,
            Until = response.Task,
            Status = status,
            Body = $$"""{"id":"{{id}}","clientId":{clientId},"secretKey":"********"}""",
        });

        var rotation = client.RotateCredentialsAsync(Target, Known(Old.ClientId), null, stop.Token);
        await SeenAsync(Operation.Rotation);
        await stop.CancelAsync();
        response.SetResult();

        var failure = await Assert.ThrowsAsync<RotationOutcomeException>(() => rotation);
        Assert.Equal(RotationOutcome.Unknown, failure.Outcome);
    }

    [Theory]
    [InlineData(true, RotationOutcome.SecretLost)]
    [InlineData(false, RotationOutcome.NotConfirmed)]
    public async Task Once_cancelled_IAM_still_tells_by_the_old_credentials(bool acts, RotationOutcome outcome)
    {
        using var client = Client();
        using var stop = new CancellationTokenSource();
        var response = NewGate();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Moment = acts ? FaultMoment.AfterActing : FaultMoment.BeforeActing,
            Until = response.Task,
            Close = true,
        });
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Status = 403 });
        var old = new ClientCredential(Old.ClientId, new NetworkCredential("", Old.Secret).SecurePassword);

        var rotation = client.RotateCredentialsAsync(
            Target, Known(Old.ClientId) with { ExpectedClientId = Old.ClientId, CurrentCredential = old }, null, stop.Token);
        await SeenAsync(Operation.Rotation);
        await stop.CancelAsync();
        response.SetResult();

        var failure = await Assert.ThrowsAsync<RotationOutcomeException>(() => rotation);
        Assert.Equal(outcome, failure.Outcome);
    }

    [Theory]
    [InlineData(true, RotationOutcome.SecretLost)]
    [InlineData(false, RotationOutcome.NotConfirmed)]
    public async Task IAM_tells_by_the_old_credentials_also_where_doubtful_ones_came(bool acts, RotationOutcome outcome)
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Moment = acts ? FaultMoment.AfterActing : FaultMoment.BeforeActing,
            Status = 500,
            Body = """{"id":"another","clientId":"client-of-another","secretKey":"made-up-secret"}""",
        });
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Status = 403 });
        var old = new ClientCredential(Old.ClientId, new NetworkCredential("", Old.Secret).SecurePassword);

        var parameters = Known(Old.ClientId) with { ExpectedClientId = Old.ClientId, CurrentCredential = old };

        var failure = await Assert.ThrowsAsync<RotationOutcomeException>(
            () => client.RotateCredentialsAsync(Target, parameters, null, Cancellation));

        Assert.Equal(outcome, failure.Outcome);
        Assert.NotNull(failure.Received);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(429)]
    public async Task Once_cancelled_a_refusal_is_reported_and_nothing_is_sent_again(int status)
    {
        using var client = Client();
        using var stop = new CancellationTokenSource();
        var response = NewGate();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Until = response.Task,
            Status = status,
            Headers = new Dictionary<string, string> { ["Retry-After"] = "30" },
        });

        var rotation = client.RotateCredentialsAsync(Target, Known(Old.ClientId), null, stop.Token);
        await SeenAsync(Operation.Rotation);
        await stop.CancelAsync();
        response.SetResult();

        var failure = await Assert.ThrowsAsync<RotationOutcomeException>(() => rotation);
        Assert.Equal(RotationOutcome.Rejected, failure.Outcome);
        var notAgain = Assert.IsType<WinkPreconditionException>(failure.InnerException);
        Assert.Equal(RotationPrecondition.NotSentAgain, notAgain.Precondition);
        Assert.Equal(status, (int)Assert.IsType<WinkApiException>(notAgain.InnerException).StatusCode);
        Assert.Equal(1, Seen(Operation.Rotation));
    }
}
