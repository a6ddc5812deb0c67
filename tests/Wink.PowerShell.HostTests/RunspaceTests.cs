using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>Several runspaces in one process: what is one's own, and what they share by a connection.</summary>
public sealed class RunspaceTests : HostTestBase
{
    private const string Rotate = "Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false";

    [Fact]
    public async Task A_runspace_that_never_connected_has_no_connection_and_an_empty_history()
    {
        var ran = await RunAsync("Get-WinkConnection; Get-WinkCredentialRotation -ErrorAction Stop", new TestHost());

        Assert.False(ran.Threw);
        Assert.Empty(ran.Output);
    }

    [Fact]
    public async Task A_connection_stays_when_another_runspace_ends_its_own()
    {
        await using var other = await SandboxServer.StartAsync();
        var account = other.State.AddApplication("travel-tech", "operations", "Operations", "account.read", "account.write");
        var operatorThere = NewCredential(account.ClientId, account.Secret);

        var ran = await RunAsync(
            "Connect-Wink $batch.Operator -ApiUri $batch.Uri -IamUri $batch.Uri; Disconnect-Wink; $null -eq (Get-WinkConnection)",
            new TestHost(),
            new { Operator = operatorThere, Uri = other.Http });

        Assert.Equal(true, Assert.Single(ran.Output).BaseObject);
        Assert.Same(Wink, Assert.Single(await ConnectedAsync<WinkConnection>("Get-WinkConnection")));
        Assert.Equal("Travel Tech", Assert.Single(await ConnectedAsync<WinkManagingEntity>("Get-WinkManagingEntity")).Name);
    }

    [Theory]
    [InlineData("Get-WinkCredentialRotation", 0)]
    [InlineData("Get-WinkCredentialRotation -Connection $wink", 1)]
    public async Task A_history_is_not_seen_in_another_runspace_unless_over_a_connection_that_they_share(string script, int seen)
    {
        NewBatch(1);
        await ConnectedAsync<CredentialRotation>(Rotate);

        var ran = await RunAsync(script, new TestHost());

        Assert.Equal(seen, ran.Rotations.Count);
        Assert.Single(await HistoryAsync());
    }

    [Fact]
    public async Task A_history_ends_with_a_runspace_that_connected_by_itself_and_the_person_is_told_so()
    {
        NewBatch(1);
        var response = NewGate();
        AddFault(new Fault { Operation = Operation.Rotation, Until = response.Task, Times = 1 });
        var host = new TestHost();
        var pipeline = NewPipeline($"Connect-Wink $operator -ApiUri $uri -IamUri $uri; {Rotate}", host);
        pipeline.Start();
        await SeenAsync(Operation.Rotation);

        await StopInFlightAsync(pipeline, host, response);

        AssertLike("*(application-1) was rotated.*Get-WinkCredentialRotation, as long as this runspace lives.", host.Lines.Last());
        Assert.Empty(await HistoryAsync());
        // As long as it lives: what the person is told is true.
        AssertValid([Assert.Single(await pipeline.ThenAsync<CredentialRotation>("Get-WinkCredentialRotation"))]);
    }
}
