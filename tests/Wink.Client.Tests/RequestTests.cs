using System.Diagnostics;
using Wink.Sandbox;

namespace Wink.Client.Tests;

[Trait("Runtime", "Each")]
public sealed class RequestTests : SandboxTestBase
{
    // One is of HTTP itself: what a cache has says nothing about now.
    private static readonly string[] ContractHeaders = ["Accept", "Authorization", "Cache-Control", "Host", "Wink-Version"];

    // And a rotation shares no connection.
    private static readonly string[] RotationHeaders = [.. ContractHeaders, "Connection"];

    [Fact]
    public async Task Requests_carry_the_headers_of_the_contract_and_no_others()
    {
        using var client = Client();
        using var activity = new Activity("something that is traced").Start();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Application,
            Times = 1,
            Status = 200,
            Body = $$"""{ "id": "{{Target.ApplicationId}}" }""",
            Headers = new Dictionary<string, string> { ["Set-Cookie"] = "made-up=cookie" },
        });

        await client.GetApplicationAsync(Target, null, Cancellation);
        await client.RotateCredentialsAsync(Target, Known(null), null, Cancellation);

        foreach (var request in Sandbox.Journal.Of(Operation.Rotation).Concat(Sandbox.Journal.Of(Operation.Application)))
        {
            var expected = request.Operation == Operation.Rotation ? RotationHeaders : ContractHeaders;
            Assert.Equal(expected.Order(), request.Headers.Keys.Order());
            Assert.Equal("application/json", request.Headers["Accept"]);
            Assert.Equal("2.0", request.Headers["Wink-Version"]);
            Assert.StartsWith("Bearer made-up-token-", request.Headers["Authorization"], StringComparison.Ordinal);
            Assert.Equal("HTTP/1.1", request.Protocol);
            Assert.Equal("GET", request.Method);
        }

        var rotation = Assert.Single(Sandbox.Journal.Of(Operation.Rotation));
        Assert.Equal("no-cache, no-store", string.Join(", ", rotation.Headers["Cache-Control"].Split(", ").Order()));
        Assert.Equal("close", rotation.Headers["Connection"]);
    }

    [Theory]
    [InlineData("app-1")]
    [InlineData("A.b_c~d")]
    [InlineData("...")]
    public void An_identifier_may_be_what_a_path_takes_as_it_is(string identifier) =>
        Assert.Equal(identifier, new ApplicationReference(identifier, identifier).ApplicationId);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a%2Fb")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("a\n")]
    [InlineData("ä")]
    public void An_identifier_that_would_change_the_path_is_refused(string identifier)
    {
        Assert.Throws<ArgumentException>(() => new ApplicationReference(identifier, "app"));
        Assert.Throws<ArgumentException>(() => new ApplicationReference("entity", identifier));
    }

    [Theory]
    [InlineData("https://wink.example/base", true)]
    [InlineData("http://127.0.0.1:1", true)]
    [InlineData("http://localhost:1", true)]
    [InlineData("http://[::1]:1", true)]
    [InlineData("http://wink.example", false)]
    [InlineData("http://127.0.0.1.wink.example", false)]
    [InlineData("ftp://127.0.0.1", false)]
    [InlineData("https://me:made-up@wink.example", false)]
    [InlineData("https://wink.example/?a=b", false)]
    [InlineData("wink.example", false)]
    public void An_address_is_https_or_on_loopback(string address, bool accepted)
    {
        var uri = new Uri(address, UriKind.RelativeOrAbsolute);
        if (accepted)
        {
            Assert.Equal(uri, WinkEndpoints.Custom(uri, uri).Api);
            return;
        }

        Assert.Throws<ArgumentException>(() => WinkEndpoints.Custom(uri, new Uri("https://wink.example")));
        Assert.Throws<ArgumentException>(() => WinkEndpoints.Custom(new Uri("https://wink.example"), uri));
    }
}
