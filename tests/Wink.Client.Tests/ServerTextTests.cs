using System.Net;
using System.Text;
using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>Text from a server is shown without the secrets that the connection knows, and without what controls a terminal.</summary>
public sealed class ServerTextTests : SandboxTestBase
{
    [Fact]
    public async Task A_problem_detail_that_repeats_the_request_shows_no_token()
    {
        var token = Sandbox.State.IssueToken(["account.read", "account.write"]);
        using var client = Client(options => options with { Credential = null, AccessToken = Secure(token) });
        var problem = $$"""
            {"type":"https://wink.example/{{token}}","title":"no {{token}}",
             "detail":"You sent Authorization: Bearer {{token}}","instance":"/{{token}}"}
            """;
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Status = 403, Body = problem });

        var failure = await Assert.ThrowsAsync<WinkApiException>(() => client.GetApplicationAsync(Target, null, Cancellation));

        Assert.Equal("You sent Authorization: Bearer ***", failure.Problem.Detail);
        Assert.DoesNotContain(token, $"{failure}{failure.Problem}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_problem_detail_that_repeats_the_new_secret_of_another_rotation_does_not_show_it()
    {
        using var client = Client();
        var rotated = await client.RotateCredentialsAsync(Target, Known(Old.ClientId), null, Cancellation);
        var secret = new NetworkCredential("", rotated.Credential.Secret).Password;
        var hex = Convert.ToHexString(Encoding.UTF8.GetBytes(secret));
        var quoted = $$"""{"detail":"{{secret}} and {{Uri.EscapeDataString(secret)}} and {{hex}}"}""";
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Status = 400, Body = quoted });

        var failure = await Assert.ThrowsAsync<WinkApiException>(() => client.GetApplicationAsync(Target, null, Cancellation));

        Assert.Equal("Wink responded with 400: *** and *** and ***.", failure.Message);
    }

    [Theory]
    [InlineData(400, "Blocked: RevokedApplication(secretKey={secret})")]
    [InlineData(422, "{secret}")]
    [InlineData(500, "Could not write JSON: secretKey={secret}")]
    public async Task The_response_to_a_rotation_is_not_quoted_as_it_may_hold_a_secret_that_could_not_be_read(int status, string detail)
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Moment = FaultMoment.AfterActing,
            Status = status,
            Body = $$"""{"title":"{{detail}}","detail":"{{detail}}"}""",
        });

        var failure = await FailsAsync(client);

        Assert.NotEqual(Old.Secret, Now().Secret);
        Assert.DoesNotContain(Now().Secret, $"{failure}", StringComparison.Ordinal);
        Assert.Contains("what it says is not shown", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("invalid_client", "made-up+wrong secret")]
    [InlineData("temporarily_unavailable", "made-up\\u002bwrong sec\\u0072et")]
    [InlineData("made-up+wrong sec", "clipped")]
    [InlineData("bWFkZS11cCt3cm9uZyBzZWNyZXQ", "encoded")]
    public async Task A_refused_sign_in_quotes_nothing_but_a_standard_error(string error, string description)
    {
        using var client = Client(options => options with { Credential = Credential("made-up-client", "made-up+wrong secret") });
        var body = $$"""{"error":"{{error}}","error_description":"You sent {{description}}."}""";
        Sandbox.Faults.Add(new Fault { Operation = Operation.Token, Status = 400, Body = body });

        var failure = await Assert.ThrowsAsync<WinkSignInException>(() => client.SignInAsync(null, Cancellation));

        Assert.Equal(error.Contains('_', StringComparison.Ordinal) ? error : null, failure.Error);
        Assert.DoesNotContain("wrong", $"{failure}", StringComparison.Ordinal);
        Assert.DoesNotContain("You sent", $"{failure}", StringComparison.Ordinal);
        Assert.DoesNotContain("bWFkZ", $"{failure}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_identifier_is_data_and_stays_as_it_is_though_it_contains_a_secret()
    {
        const string Secret = "booking-";
        Sandbox.State.SecretPrefix = "";
        using var client = Client(ByToken);
        await client.TestCredentialAsync(Credential("client-", Secret), null, Cancellation);

        var description = await client.GetApplicationAsync(Target, null, Cancellation);
        var rotated = await client.RotateCredentialsAsync(Target, Known(description.ClientId), null, Cancellation);

        Assert.Equal((Target.ApplicationId, Old.ClientId), (description.Id, description.ClientId));
        Assert.Equal((Target.ApplicationId, Now().ClientId), (rotated.ResponseApplicationId, rotated.Credential.ClientId));
    }

    [Fact]
    public async Task A_name_shows_no_token()
    {
        var token = Sandbox.State.IssueToken(["account.read", "account.write"]);
        using var client = Client(options => options with { Credential = null, AccessToken = Secure(token) });
        Sandbox.State.AddApplication(Target.ManagingEntityId, Target.ApplicationId, $"Booking {token}", "account.read");

        Assert.Equal("Booking ***", (await client.GetApplicationAsync(Target, null, Cancellation)).Name);
    }

    [Fact]
    public void What_the_connection_is_signed_in_with_is_known_however_much_was_received_since()
    {
        var text = new ServerText();
        var credential = Credential("made-up-client", "made-up-session-secret");
        var token = new AccessToken("made-up-session-token", null, null);
        text.Secrets.InUse = () => new AuthState(credential, token);

        for (var i = 0; i < 2000; i++)
            text.Secrets.Add(Credential("client", $"made-up-received-{i}"));

        Assert.Equal(
            "*** *** Basic *** ***",
            text.Clean($"made-up-session-secret made-up-session-token Basic {credential.BasicParameter()} made-up-received-1999"));
    }

    [Theory]
    [InlineData("""{"id":{secretKey},"clientId":"made-up-id","secretKey":{secretKey}}""")]
    [InlineData("""{"id":"another","clientId":{secretKey},"secretKey":{secretKey}}""")]
    [InlineData("""{"id":"{token}","clientId":"{token}","secretKey":{secretKey}}""")]
    public async Task A_response_with_a_secret_in_place_of_an_id_shows_none(string body)
    {
        var token = Sandbox.State.IssueToken(["account.read", "account.write"]);
        using var client = Client(options => options with { Credential = null, AccessToken = Secure(token) });
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Moment = FaultMoment.AfterActing,
            Status = 200,
            Body = body.Replace("{token}", token, StringComparison.Ordinal),
        });

        var failure = await FailsAsync(client, Old.ClientId);

        // The client ID itself is data and is not cleaned.
        var shown = $"{failure} {failure.Received} {failure.Received?.ResponseApplicationId} {failure.Received?.ShownClientId}";
        Assert.DoesNotContain(token, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Now().Secret, shown, StringComparison.Ordinal);
        Assert.Equal(Now().Secret, new NetworkCredential("", failure.Received?.Credential.Secret).Password);
    }

    [Theory]
    [InlineData("plain words, ä 漢 \U0001F511", "plain words, ä 漢 \U0001F511")]
    [InlineData("line\r\nafter \u001b[31mline\u2028end", "line  after  [31mline end")]
    [InlineData("\u202Eevil\u202C \u2066x\u2069 a\u200Bb\uFEFFc\u00ADd", "evil x abcd")]
    [InlineData("tag\U000E0041 end", "tag end")]
    public void What_controls_a_terminal_is_removed(string said, string shown)
    {
        Assert.Equal(shown, TerminalText.Clean(said));
        Assert.Equal(shown, TerminalText.OneLine(said));
    }

    [Fact]
    public void Text_is_clipped() => Assert.Equal(503, TerminalText.OneLine(new string('x', 10_000))?.Length);

    [Fact]
    public async Task A_proxy_s_password_is_not_shown()
    {
        var proxy = new UriBuilder(Sandbox.Http) { UserName = "me", Password = "made-up-proxy-password" }.Uri;
        using var client = Client(options => options with
        {
            Endpoints = WinkEndpoints.Custom(Sandbox.Https, Sandbox.Https),
            // The sandbox itself opens no tunnels.
            Proxy = new WebProxy(proxy),
        });

        var failure = await Assert.ThrowsAsync<WinkTransportException>(() => client.SignInAsync(null, Cancellation));

        Assert.Equal(TransportFailure.Proxy, failure.Failure);
        Assert.DoesNotContain("made-up-proxy-password", failure.ToString(), StringComparison.Ordinal);
    }
}
