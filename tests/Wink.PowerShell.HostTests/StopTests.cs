using System.Diagnostics;
using System.Management.Automation;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>Pipelines that rotate one application and are stopped, by a person or by their neighbours.</summary>
public sealed class StopTests : HostTestBase
{
    private const string Rotate = "Invoke-WinkCredentialRotation travel-tech application-1 -Connection $wink -Confirm:$false";

    [Theory]
    [InlineData(Operation.Token)]
    [InlineData(Operation.Application)]
    public async Task Before_anything_is_sent_it_ends_at_once_and_sends_nothing(Operation during)
    {
        NewBatch(1);
        if (during == Operation.Token)
            Sandbox.State.RevokeAllTokens();

        AddFault(new Fault { Operation = during, Until = NewGate().Task });
        var pipeline = NewPipeline(Rotate, null);
        var seen = Seen(during);
        pipeline.Start();
        await SeenAsync(during, seen + 1);

        var stopping = Stopwatch.StartNew();
        await pipeline.StopAsync();

        // It did not wait for the response, which would come after the timeout of 100 s.
        Assert.True(stopping.Elapsed < TimeSpan.FromSeconds(30));
        Assert.Empty(Sent());
        Assert.Empty(await HistoryAsync());
    }

    /// <summary>
    /// The host ends its question as it should, or it breaks a moment before the stop is known, as the console does at Ctrl+C.
    /// </summary>
    [Theory]
    [InlineData(typeof(PipelineStoppedException), false)]
    [InlineData(typeof(NullReferenceException), true)]
    public async Task At_the_prompt_it_ends_at_once_sends_nothing_and_says_nothing(Type interruptedWith, bool late)
    {
        NewBatch(1);
        // The first stop of a process compiles PowerShell's code for it. The cmdlet does not wait that long for a stop.
        var first = NewPipeline("Start-Sleep 30", null);
        first.Start();
        await first.StopAsync();

        var host = new TestHost { InterruptedWith = (Exception)Activator.CreateInstance(interruptedWith)! };
        const string Script = """
            & {
                [CmdletBinding()] param()
                $batch.Add($PSCmdlet)
                Invoke-WinkCredentialRotation travel-tech application-1 -Connection $wink -Confirm
            }
            """;
        var commands = new List<Cmdlet>();
        var pipeline = NewPipeline(Script, host, commands);
        pipeline.Start();
        await AskedAsync(host);

        if (late)
        {
            await pipeline.StopAsync(() =>
            {
                host.Interrupt.Set();
                host.Interrupted.Wait();
                // The command has this much real time to hear of the end of its question before it hears that it is stopped.
                Thread.Sleep(20);
                Assert.False(commands.Single().Stopping);
            });
        }
        else
        {
            var stopping = pipeline.StopAsync();
            await UntilAsync(() => commands.Single().Stopping);
            host.Interrupt.Set();
            await stopping;
        }

        Assert.Equal(PSInvocationState.Stopped, pipeline.State);
        Assert.Empty(host.Lines);
        Assert.Empty(pipeline.Errors);
        Assert.Empty(Sent());
    }

    [Theory]
    [InlineData(FaultMoment.BeforeActing)]
    [InlineData(FaultMoment.AfterActing)]
    public async Task Once_sent_it_keeps_the_valid_credentials(FaultMoment moment)
    {
        NewBatch(1);
        var old = Sandbox.State.FindApplication("travel-tech", "application-1")!;
        var response = NewGate();
        AddFault(new Fault
        {
            Operation = Operation.Rotation,
            Moment = moment,
            Until = response.Task,
            Times = 1,
            Status = moment == FaultMoment.AfterActing ? 200 : null,
            Body = "{response}",
        });
        var host = new TestHost();
        var pipeline = NewPipeline(Rotate, host);
        pipeline.Start();
        await SeenAsync(Operation.Rotation);

        await StopInFlightAsync(pipeline, host, response);

        var kept = Assert.Single(await HistoryAsync());
        AssertValid([kept]);
        Assert.NotEqual(old.ClientId, kept.ClientId);
        Assert.Equal(["application-1"], Sent());
    }

    [Fact]
    public async Task Nothing_more_is_sent_when_the_response_is_lost_while_it_is_being_stopped()
    {
        NewBatch(1);
        var response = NewGate();
        AddFault(Fault.Lost() with { Until = response.Task });
        var host = new TestHost();
        var pipeline = NewPipeline(Rotate, host);
        pipeline.Start();
        await SeenAsync(Operation.Rotation);

        await StopInFlightAsync(pipeline, host, response);

        Assert.Equal(["application-1"], Sent());
        Assert.Empty(await HistoryAsync());
    }

    [Fact]
    public async Task It_has_kept_the_credentials_when_it_is_stopped_downstream()
    {
        NewBatch(1);
        var pipeline = NewPipeline($$"""{{Rotate}} | ForEach-Object { $_; Start-Sleep 60 }""", null);
        pipeline.Start();
        await UntilAsync(() => pipeline.Output.Count > 0);

        await pipeline.StopAsync();

        AssertValid([Assert.Single(await HistoryAsync())]);
    }

    [Theory]
    [InlineData("Select-Object -First 1")]
    [InlineData("ForEach-Object { throw 'made-up failure' }")]
    [InlineData("Where-Object { Get-Item made-up-missing -ErrorAction Stop }")]
    public async Task It_has_kept_the_credentials_when_a_command_downstream_ends_it(string downstream)
    {
        NewBatch(1);

        await RunAsync($"{Rotate} | {downstream}", null);

        AssertValid([Assert.Single(await HistoryAsync())]);
    }

    [Fact]
    public async Task It_has_kept_the_credentials_of_those_before_when_one_fails_with_ErrorAction_Stop()
    {
        NewBatch(1);

        var ran = await RunAsync(
            """
            [pscustomobject]@{ Id = 'application-1' }, [pscustomobject]@{ Id = 'missing' } |
                Invoke-WinkCredentialRotation -Connection $wink -ManagingEntityId travel-tech -Confirm:$false -ErrorAction Stop
            """,
            null);

        Assert.True(ran.Threw);
        AssertValid([Assert.Single(await HistoryAsync())]);
    }
}
