using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>Test-WinkCredential without a connection.</summary>
public sealed class TestCredentialTests : HostTestBase
{
    private const string Alone = "Test-WinkCredential $batch -ApiUri $uri -IamUri $uri";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_needs_no_connection_where_the_addresses_are_given(bool isValid)
    {
        NewBatch(1);
        var application = Sandbox.State.FindApplication("travel-tech", "application-1")!;
        var credential = NewCredential(application.ClientId, isValid ? application.Secret : "made-up-wrong");

        var ran = await RunAsync(Alone, null, credential);

        Assert.Empty(ran.Errors);
        Assert.Equal(isValid, Assert.Single(ran.Output).BaseObject);
        Assert.Equal(0, Seen(Operation.Application));
    }

    [Theory]
    [InlineData("-ApiUri $uri", "*go together*")]
    [InlineData("-ApiUri $uri -IamUri $uri -Environment Staging", "*Give either -Environment or*")]
    [InlineData("-ApiUri $uri -IamUri $uri -Connection $wink", "*Give either -Connection, or*")]
    [InlineData("-ApiUri http://made-up.example -IamUri $uri", "*https*")]
    [InlineData("", "*not connected*")]
    public async Task It_says_what_does_not_go_together_and_asks_nobody(string parameters, string says)
    {
        var before = Sandbox.Journal.Requests.Count;

        var ran = await RunAsync($"Test-WinkCredential $operator {parameters}", null);

        AssertLike(says, ran.End);
        Assert.Equal(before, Sandbox.Journal.Requests.Count);
    }

    [Fact]
    public async Task Where_IAM_does_not_tell_it_is_an_error_without_a_connection_too()
    {
        AddFault(new Fault { Operation = Operation.Token, Status = 503 });

        var ran = await RunAsync(Alone, null, Operator);

        AssertLike("CredentialNotTested,*", Assert.Single(ran.Errors).FullyQualifiedErrorId);
        Assert.Empty(ran.Output);
    }
}
