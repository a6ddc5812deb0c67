using Wink.Sandbox;

namespace Wink.Client.Tests;

public sealed class SignOutTests : SandboxTestBase
{
    [Fact]
    public async Task The_token_is_revoked_and_nothing_more_is_sent()
    {
        using var client = Client();
        await client.GetApplicationAsync(Target, null, Cancellation);
        var token = Sandbox.Journal.Of(Operation.Application)[0].Headers["Authorization"]["Bearer ".Length..];
        Assert.NotNull(Sandbox.State.ScopesOf(token));

        await client.SignOutAsync(null, Cancellation);

        Assert.Null(Sandbox.State.ScopesOf(token));
        Assert.True(client.IsSignedOut);
        await Assert.ThrowsAsync<WinkSignedOutException>(() => client.GetApplicationAsync(Target, null, Cancellation));
        var failure = await FailsAsync(client);
        Assert.Equal(RotationOutcome.NotSent, failure.Outcome);
        Assert.Equal((1, 1, 1), (Seen(Operation.Token), Seen(Operation.Application), Seen(Operation.TokenRevocation)));
    }

    [Fact]
    public async Task A_token_that_the_caller_obtained_is_not_revoked()
    {
        using var client = Client(ByToken);
        await client.SignOutAsync(null, Cancellation);
        Assert.True(client.IsSignedOut);
        Assert.Empty(Sandbox.Journal.Requests);
    }

    [Fact]
    public async Task A_failed_revocation_is_reported_and_the_client_is_signed_out()
    {
        Sandbox.Faults.Add(new Fault { Operation = Operation.TokenRevocation, Status = 503 });
        using var client = Client();
        await client.SignInAsync(null, Cancellation);
        await Assert.ThrowsAsync<WinkApiException>(() => client.SignOutAsync(null, Cancellation));
        Assert.True(client.IsSignedOut);
    }

    [Fact]
    public async Task A_rotation_in_flight_still_gets_its_response()
    {
        var response = NewGate();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Moment = FaultMoment.AfterActing,
            Until = response.Task,
            Status = 200,
            Body = "{response}",
        });
        using var client = Client();
        await client.SignInAsync(null, Cancellation);
        var rotating = client.RotateCredentialsAsync(Target, Known(Old.ClientId), null, Cancellation);
        await UntilAsync(() => Now() != Old);

        await client.SignOutAsync(null, Cancellation);
        response.SetResult();

        Assert.Equal(Now().ClientId, (await rotating).Credential.ClientId);
    }
}
