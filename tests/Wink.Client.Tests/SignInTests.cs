using System.Net;
using Microsoft.Extensions.Time.Testing;
using Wink.Sandbox;

namespace Wink.Client.Tests;

public sealed class SignInTests : SandboxTestBase
{
    [Theory]
    [InlineData("made-up-wrong-secret", "account.read", "invalid_client", HttpStatusCode.Unauthorized)]
    [InlineData(null, "booking.write", "invalid_scope", HttpStatusCode.BadRequest)]
    public async Task A_refusal_says_why(string? secret, string scope, string error, HttpStatusCode status)
    {
        using var client = Client(
            options => options with { Credential = Credential(Old.ClientId, secret ?? Old.Secret), Scopes = [scope] });

        var refused = await Assert.ThrowsAsync<WinkSignInException>(() => client.SignInAsync(null, Cancellation));

        Assert.Equal(error, refused.Error);
        Assert.Equal(status, refused.StatusCode);
        Assert.Equal(1, Seen(Operation.Token));
    }

    [Theory]
    [InlineData(500, "<html>")]
    [InlineData(302, "")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"access_token":""}""")]
    [InlineData(200, """{"access_token":"made-up\ntoken"}""")]
    [InlineData(200, """{"\ud800":"made-up","access_token":"\ud800"}""")]
    [InlineData(401, """{"error":"\ud800","\ud800":"made-up"}""")]
    public async Task A_response_without_a_token_is_no_sign_in(int status, string body)
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault { Operation = Operation.Token, Status = status, Body = body });

        var refused = await Assert.ThrowsAsync<WinkSignInException>(() => client.SignInAsync(null, Cancellation));

        Assert.Equal(status, (int)refused.StatusCode);
    }

    [Fact]
    public async Task A_token_is_used_until_shortly_before_it_expires()
    {
        Sandbox.State.TokenLifetimeSec = 300;
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var client = Client(options => options with { Time = time });
        await client.GetApplicationAsync(Target, null, Cancellation);
        time.Advance(TimeSpan.FromSeconds(269));
        await client.GetApplicationAsync(Target, null, Cancellation);
        Assert.Equal(1, Seen(Operation.Token));
        time.Advance(TimeSpan.FromSeconds(2));

        await client.GetApplicationAsync(Target, null, Cancellation);

        Assert.Equal(2, Seen(Operation.Token));
        // Renewed in time: no request was refused and sent again.
        Assert.Equal(3, Seen(Operation.Application));
    }

    [Fact]
    public async Task A_token_that_lives_for_seconds_is_renewed_after_nine_tenths_of_them()
    {
        Sandbox.State.TokenLifetimeSec = 10;
        using var client = Client();
        await client.GetApplicationAsync(Target, null, Cancellation);
        Time.Advance(TimeSpan.FromSeconds(8.9));
        await client.GetApplicationAsync(Target, null, Cancellation);
        Assert.Equal(1, Seen(Operation.Token));
        Time.Advance(TimeSpan.FromSeconds(0.2));

        await client.GetApplicationAsync(Target, null, Cancellation);

        Assert.Equal((2, 3), (Seen(Operation.Token), Seen(Operation.Application)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_valid_token_is_requested_once(bool tellsLifetime)
    {
        Sandbox.State.TellsTokenLifetime = tellsLifetime;
        using var client = Client();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetApplicationAsync(Target, null, Cancellation)));

        Assert.Equal(1, Seen(Operation.Token));
        Assert.Equal(tellsLifetime, client.TokenExpiresAt is not null);
    }

    [Fact]
    public async Task Many_requests_that_are_refused_together_share_one_renewal()
    {
        using var client = Client();
        await client.SignInAsync(null, Cancellation);
        Sandbox.State.RevokeAllTokens();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetApplicationAsync(Target, null, Cancellation)));

        Assert.Equal(2, Seen(Operation.Token));
    }

    [Fact]
    public async Task A_renewal_with_the_old_credentials_does_not_undo_their_rotation()
    {
        using var client = Client();
        await client.SignInAsync(null, Cancellation);
        var self = new ApplicationReference("travel-tech", "operations");
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Status = 401, Times = 1 });
        var renewal = NewGate();
        Sandbox.Faults.Add(new Fault { Operation = Operation.Token, Until = renewal.Task, Times = 1 });

        var reading = client.GetApplicationAsync(Target, null, Cancellation);
        await SeenAsync(Operation.Token, 2);
        var rotated = await client.RotateCredentialsAsync(self, Known(client.ClientId), null, Cancellation);
        renewal.SetResult();

        Assert.Equal(Old.Name, (await reading).Name);
        Assert.Equal(rotated.Credential.ClientId, client.ClientId);
        await client.GetApplicationAsync(Target, null, Cancellation);
    }
}
