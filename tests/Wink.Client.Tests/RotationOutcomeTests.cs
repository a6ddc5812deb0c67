using System.Net;
using Microsoft.Extensions.Time.Testing;
using Wink.Sandbox;

namespace Wink.Client.Tests;

[Trait("Runtime", "Each")]
public sealed class RotationOutcomeTests : SandboxTestBase
{
    [Fact]
    public async Task Rotated_returns_the_valid_credentials()
    {
        using var client = Client();

        var rotated = await client.RotateCredentialsAsync(Target, Known(null), null, Cancellation);

        using var withNew = Client(options => options with { Credential = rotated.Credential, Scopes = ["account.read"] });
        await withNew.SignInAsync(null, Cancellation);
        using var withOld = Client(
            options => options with { Credential = Credential(Old.ClientId, Old.Secret), Scopes = ["account.read"] });
        var refused = await Assert.ThrowsAsync<WinkSignInException>(() => withOld.SignInAsync(null, Cancellation));
        Assert.Equal("invalid_client", refused.Error);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9", TransportFailure.Connect)]
    [InlineData("https://wink.invalid", TransportFailure.NameResolution)]
    [InlineData("untrusted", TransportFailure.Tls)]
    public async Task NotSent_when_no_connection_can_be_made(string api, TransportFailure expected)
    {
        var uri = api == "untrusted" ? Sandbox.Https : new Uri(api);
        using var client = Client(options => options with { Endpoints = WinkEndpoints.Custom(uri, Sandbox.Http) });

        var failure = await FailsAsync(client);

        Assert.Equal(RotationOutcome.NotSent, failure.Outcome);
        Assert.Equal(expected, Assert.IsType<WinkTransportException>(failure.InnerException).Failure);
        Assert.Equal(0, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task NotSent_when_no_token_can_be_obtained()
    {
        using var client = Client(options => options with { Credential = Credential("client-unknown", "made-up-secret") });

        var failure = await FailsAsync(client);

        Assert.Equal(RotationOutcome.NotSent, failure.Outcome);
        Assert.Equal(0, Seen(Operation.Rotation));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(429)]
    public async Task Rejected_when_Wink_refuses(int status)
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Status = status,
            ContentType = "text/plain",
            Body = """{"detail":"what Wink\nsays"}""",
        });

        var failure = await FailsAsync(client);

        Assert.Equal(RotationOutcome.Rejected, failure.Outcome);
        var api = Assert.IsType<WinkApiException>(failure.InnerException);
        Assert.Equal(status, (int)api.StatusCode);
        // Any text in the response may be the new secret, or hold it.
        Assert.Equal("what it says is not shown, as it may hold a secret", api.Problem.Summary);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task A_refused_token_is_renewed_once_and_the_rotation_sent_again()
    {
        using var client = Client();
        await client.SignInAsync(null, Cancellation);
        Sandbox.State.RevokeAllTokens();

        var rotated = await client.RotateCredentialsAsync(Target, Known(null), null, Cancellation);

        Assert.Equal(Now().ClientId, rotated.Credential.ClientId);
        Assert.Equal(2, Seen(Operation.Rotation));
        Assert.Equal(2, Seen(Operation.Token));
    }

    [Fact]
    public async Task Rejected_when_every_token_is_refused()
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault { Operation = Operation.Rotation, Status = 401 });

        Assert.Equal(RotationOutcome.Rejected, (await FailsAsync(client)).Outcome);
        Assert.Equal(2, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task Rejected_when_a_given_token_is_refused()
    {
        using var client = Client(ByToken);
        Sandbox.State.RevokeAllTokens();

        Assert.Equal(RotationOutcome.Rejected, (await FailsAsync(client)).Outcome);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task Rejected_when_the_token_is_refused_and_cannot_be_renewed()
    {
        using var client = Client();
        await client.SignInAsync(null, Cancellation);
        Sandbox.State.RevokeAllTokens();
        Sandbox.Faults.Add(new Fault { Operation = Operation.Token, Status = 503 });

        var failure = await FailsAsync(client);

        Assert.Equal(RotationOutcome.Rejected, failure.Outcome);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, Assert.IsType<WinkSignInException>(failure.InnerException).StatusCode);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Theory]
    [InlineData(200, "<html>")]
    [InlineData(200, """{"clientId":"new","secretKey":""}""")]
    [InlineData(204, "")]
    [InlineData(302, "")]
    [InlineData(307, "")]
    [InlineData(500, "<html>")]
    [InlineData(502, "")]
    [InlineData(503, "{}")]
    public async Task Unknown_when_a_response_tells_nothing(int status, string body)
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Status = status,
            Body = body,
            Headers = new Dictionary<string, string>
            {
                ["Location"] = "/api/managing-entity/travel-tech/application/booking-engine/revoke",
            },
        });

        var failure = await FailsAsync(client);

        Assert.Equal(RotationOutcome.Unknown, failure.Outcome);
        Assert.Equal(status, (int)Assert.IsType<WinkApiException>(failure.InnerException).StatusCode);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task Unknown_when_no_response_comes_in_time()
    {
        var time = new FakeTimeProvider();
        using var client = Client(options => ByToken(options) with { Time = time });
        Sandbox.Faults.Add(new Fault { Operation = Operation.Rotation, Until = NewGate().Task });

        var failing = FailsAsync(client);
        await SeenAsync(Operation.Rotation);
        await AdvanceUntilAsync(time, client.Timeout, () => failing.IsCompleted);

        var failure = await failing;
        Assert.Equal(RotationOutcome.Unknown, failure.Outcome);
        Assert.Equal(TransportFailure.Timeout, Assert.IsType<WinkTransportException>(failure.InnerException).Failure);
    }
}
