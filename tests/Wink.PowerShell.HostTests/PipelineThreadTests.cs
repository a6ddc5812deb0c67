using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>What runs on the pipeline's thread, and what must never wait for it.</summary>
public sealed class PipelineThreadTests : HostTestBase
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_command_downstream_that_blocks_on_asynchronous_calls_of_its_own_does_not_hang(int limit)
    {
        var batch = NewBatch(6);
        const string Script = """
            $batch | Invoke-WinkCredentialRotation -Connection $wink -Confirm:$false -ThrottleLimit {0} |
                ForEach-Object {{ [Wink.PowerShell.HostTests.Blocking]::OnItsContext(); $_ }}
            """;

        var pipeline = await RunPatientlyAsync(string.Format(null, Script, limit), batch);

        Assert.Equal(6, pipeline.Rotations.Count);
    }

    [Fact]
    public async Task A_list_downstream_of_which_blocks_on_asynchronous_calls_does_not_hang()
    {
        NewBatch(3);
        const string Script = """
            Get-WinkApplication -ManagingEntityId travel-tech -Connection $wink |
                ForEach-Object { [Wink.PowerShell.HostTests.Blocking]::OnItsContext(); $_ }
            """;

        var pipeline = await RunPatientlyAsync(Script);

        Assert.Equal(4, pipeline.Output.Count);
    }

    [Fact]
    public async Task A_rotation_inside_the_pipeline_of_another_does_not_hang()
    {
        var batch = NewBatch(2);
        const string Script = """
            @($batch)[0] | Invoke-WinkCredentialRotation @rotation -Confirm:$false | ForEach-Object {
                $_
                @($batch)[1] | Invoke-WinkCredentialRotation @rotation -Confirm:$false
            }
            """;

        var pipeline = await RunPatientlyAsync(Script, batch);

        Assert.Equal(2, pipeline.Rotations.Count);
    }

    [Fact]
    public async Task No_rotation_is_sent_after_one_lost_its_credentials_though_the_command_downstream_is_busy()
    {
        await UseQuietTimeAsync();
        RotationParameters["ThrottleLimit"] = 3;
        var (lookedUp, lost) = (NewGate(), NewGate());
        AddFault(new Fault { Operation = Operation.Application, ApplicationId = "application-3", Until = lookedUp.Task });
        AddFault(Fault.Lost(FaultMoment.BeforeActing) with { ApplicationId = "application-2", Until = lost.Task });
        AddFault(new Fault { Operation = Operation.Application, ApplicationId = "application-2", Status = 403 });
        var pipeline = await StartHeldUpAsync(NewBatch(4));

        // Meanwhile the third is looked up, and then the second loses its credentials.
        lookedUp.SetResult();
        lost.SetResult();
        // The look-up, the baseline, and the read that was to tell the outcome. Then the outcome is known.
        await UntilAsync(() => Sandbox.Journal.Of(Operation.Application).Count(IsSecond) == 3);
        await Time.UntilQuietAsync(Cancellation);
        await EndHeldUpAsync(pipeline);

        Assert.Equal(["application-1", "application-2"], Sent());
        var ids = pipeline.Errors.Select(error => error.FullyQualifiedErrorId);
        Assert.Equal(2, ids.Count(id => id.StartsWith("RotationNotAttempted", StringComparison.Ordinal)));

        static bool IsSecond(RecordedRequest request) => request.Target.EndsWith("/application-2", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_are_kept_though_the_command_downstream_is_busy_with_those_of_another_application()
    {
        var second = NewGate();
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-2", Until = second.Task });
        var pipeline = await StartHeldUpAsync(NewBatch(2));

        second.SetResult();
        await UntilAsync(async () => (await HistoryAsync()).Count == 2);
        Assert.True(pipeline.Output.Count == 0, "The first object was not held up.");
        await EndHeldUpAsync(pipeline);

        Assert.Equal(2, pipeline.Rotations.Count);
    }

    private async Task<Pipeline> RunPatientlyAsync(string script, object? batch = null)
    {
        var pipeline = NewPipeline(script, null, batch);
        await pipeline.RunAsync().WaitAsync(Patience, Cancellation);
        return pipeline;
    }

    /// <summary>Starts rotations, and returns when the first object holds up the pipeline's thread. The second was sent by then.</summary>
    private async Task<Pipeline> StartHeldUpAsync(object batch)
    {
        var first = NewGate();
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-1", Until = first.Task });
        const string Script = "$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false | ForEach-Object { $slow.Run(); $_ }";
        var pipeline = NewPipeline(Script, null, batch);
        pipeline.Start();
        await SeenAsync(Operation.Rotation, 2);
        first.SetResult();
        await UntilAsync(() => Slow.WasCalled);
        return pipeline;
    }

    private async Task EndHeldUpAsync(Pipeline pipeline)
    {
        Slow.End();
        await pipeline.RunAsync().WaitAsync(Patience, Cancellation);
    }
}
