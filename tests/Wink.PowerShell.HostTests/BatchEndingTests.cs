using System.Diagnostics;
using System.Management.Automation;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>Batches whose pipeline ends early: what was in flight is written, or it is kept and the person is told.</summary>
public sealed class BatchEndingTests : HostTestBase
{
    private const string Rotate = "$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false";

    private const string Fails = "Get-Item nowhere -ErrorAction Stop";

    private const string Told =
        "*was rotated. Its new credentials are in Get-WinkCredentialRotation in the runspace that connected, " +
        "or with -Connection in any other.";

    private static readonly string[] Refused = ["application-2", "application-3"];

    private static readonly string[] FirstFour = ["application-1", "application-2", "application-3", "application-4"];

    [Theory]
    [InlineData($"{Rotate} -ErrorAction Stop")]
    [InlineData($"$ErrorActionPreference = 'Stop'; {Rotate}")]
    // -ErrorAction Stop of a function in a module.
    [InlineData($$"""
        $null = New-Module { function Update-Batch { [CmdletBinding()] param($Batch, $Rotation) {{Rotate}} } }
        Update-Batch $batch $rotation -ErrorAction Stop
        """)]
    public async Task What_was_in_flight_is_written_before_an_error_ends_it(string script)
    {
        var (refusals, others) = (NewGate(), NewGate());
        foreach (var (application, status) in Refused.Zip([400, 404]))
            AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = application, Status = status, Until = refusals.Task });

        AddFault(new Fault { Operation = Operation.Rotation, Until = others.Task });
        var ran = NewPipeline(script, new TestHost(), NewBatch(12));
        ran.Start();

        await SeenAsync(Operation.Rotation, 4);
        refusals.SetResult();
        // The first error waits until nothing is in flight, so the second is a warning.
        await UntilAsync(() => ran.Streams.Warning.Count > 0);
        others.SetResult();
        await ran.RunAsync();

        Assert.True(ran.Threw);
        var first = Assert.Single(Refused, application => IsLike($"*Wink refused*{application}*", ran.End));
        var second = Assert.Single(Refused, application => IsLike($"*Wink refused*{application}*", ran.Warnings));
        Assert.NotEqual(first, second);
        Assert.Equal(["application-1", "application-4"], Applications(ran.Rotations));
        Assert.Equal(FirstFour, Sent());
        Assert.Equal(["application-1", "application-4"], Applications(await HistoryAsync()));
    }

    [Fact]
    public async Task What_was_in_flight_is_written_before_a_warning_ends_it_and_the_lost_secret_is_not_repeated()
    {
        var (lost, others) = (NewGate(), NewGate());
        AddFault(Fault.Lost() with { ApplicationId = "application-1", Until = lost.Task, Times = 1 });
        AddFault(new Fault { Operation = Operation.Rotation, Until = others.Task });
        var ran = NewPipeline($"{Rotate} -WarningAction Stop", new TestHost(), NewBatch(12));
        ran.Start();

        await SeenAsync(Operation.Rotation, 4);
        lost.SetResult();
        await UntilAsync(() => ran.Streams.Warning.Count > 0);
        others.SetResult();
        await ran.RunAsync();

        Assert.True(ran.Threw);
        AssertLike("*No usable response*application-1*", ran.End);
        Assert.Single(ran.Errors, error => IsLike("RotationSecretLost,*", error.FullyQualifiedErrorId));
        Assert.Equal(8, ran.Errors.Count(error => IsLike("RotationNotAttempted,*", error.FullyQualifiedErrorId)));
        Assert.Equal(FirstFour[1..], Applications(ran.Rotations));
        Assert.Equal(FirstFour, Sent());
    }

    [Theory]
    [InlineData($"$x = {Rotate} -ErrorAction Stop", true)]
    [InlineData($"$x = {Rotate} -WarningAction Stop", true)]
    [InlineData($$"""$x = {{Rotate}} | ForEach-Object { if ($_.ApplicationId -like '*-2') { throw 'made-up' } $_ }""", true)]
    [InlineData($$"""$x = {{Rotate}} | ForEach-Object { if ($_.ApplicationId -like '*-2') { {{Fails}} } $_ }""", true)]
    [InlineData("""
        $x = & { $batch | Select-Object -First 2; throw 'made-up' } | Invoke-WinkCredentialRotation @rotation -Confirm:$false
        """, true)]
    [InlineData("""
        $other = [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = 'x'; ApiUri = 'https://other' }
        $x = @($batch | Select-Object -First 1) + $other | Invoke-WinkCredentialRotation @rotation -Confirm:$false -ErrorAction Stop
        """, true)]
    // Each one that was not taken up by then is told by itself.
    [InlineData($"$x = {Rotate} | Select-Object -First 1", false)]
    public async Task The_person_is_told_where_to_look_for_what_came_out_before_it_was_ended(string script, bool isTold)
    {
        RotationParameters["ThrottleLimit"] = isTold ? 1 : 4;
        AddFault(Fault.Lost() with { ApplicationId = "application-3" });
        // Long enough for a bar.
        foreach (var id in (string[])["application-1", "application-2", "application-4"])
            AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = id, DelayMs = 400 });

        var host = new TestHost();

        var ran = await RunAsync($"{script}", host, NewBatch(4));

        Assert.Equal(isTold, ran.Threw);
        // One that the next command failed on is told by itself.
        var came = (await HistoryAsync()).Count - (script.Contains("*-2", StringComparison.Ordinal) ? 1 : 0);
        var line = $"*Before the pipeline was ended, {came} rotated application* came out.*Get-WinkCredentialRotation*";
        Assert.True(host.Lines.Count(told => IsLike(line, told)) == (isTold ? 1 : 0), string.Join(Environment.NewLine, host.Lines));
        // The bar of a batch does not stay on the screen, whatever ends it.
        if (!script.Contains("-First 2", StringComparison.Ordinal))
            Assert.Equal(ProgressRecordType.Completed, ran.Progress[^1].RecordType);
    }

    [Theory]
    // What ended it may not have used the first one.
    [InlineData($"{Rotate} | Select-Object -First 1", 4)]
    [InlineData($$"""{{Rotate}} | ForEach-Object { $_; throw 'made-up' }""", 4)]
    [InlineData("""
        & {
            Get-WinkApplication -ManagingEntityId travel-tech -Connection $wink -Name 'Application ?' | Select-Object -First 4
            $slow.Run()
            throw 'made-up'
        } |
            Invoke-WinkCredentialRotation @rotation -Confirm:$false
        """, 4)]
    public async Task What_was_sent_is_kept_and_the_person_is_told_when_its_neighbour_ends_it(string script, int told)
    {
        var (first, others) = (NewGate(), NewGate());
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-1", Until = first.Task, Times = 1 });
        AddFault(new Fault { Operation = Operation.Rotation, Until = others.Task });
        var host = new TestHost();
        var ran = NewPipeline(script, host, NewBatch(12));
        ran.Start();

        await SeenAsync(Operation.Rotation, 4);
        first.SetResult();
        Slow.End();
        // The neighbour took the first object, or it failed before.
        await UntilAsync(() => ran.Output.Count > 0 || IsExplained(host));
        others.SetResult();
        await ran.RunAsync();

        Assert.Equal(FirstFour, Sent());
        Assert.Equal(FirstFour, Applications(await HistoryAsync()));
        Assert.Equal(told, host.Lines.Count(line => IsLike(Told, line)));
    }

    [Fact]
    public async Task All_that_was_sent_is_awaited_also_where_the_person_cannot_be_told()
    {
        var (first, second, others) = (NewGate(), NewGate(), NewGate());
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-1", Until = first.Task, Times = 1 });
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-2", Until = second.Task, Times = 1 });
        AddFault(new Fault { Operation = Operation.Rotation, Until = others.Task });
        var host = new TestHost { CannotWrite = true };
        var ran = NewPipeline($"{Rotate} | Select-Object -First 1", host, NewBatch(4));
        ran.Start();

        await SeenAsync(Operation.Rotation, 4);
        first.SetResult();
        await UntilAsync(() => ran.Output.Count > 0);
        second.SetResult();
        await UntilAsync(() => host.Lines.Any(line => IsLike(Told, line)));
        others.SetResult();
        await ran.RunAsync();

        Assert.Equal(FirstFour, Applications(await HistoryAsync()));
    }

    [Fact]
    public async Task What_only_waits_to_be_sent_again_is_cancelled_when_downstream_wants_no_more()
    {
        // The other one is in flight when the pause begins.
        AddFault(Fault.RateLimited("50") with { ApplicationId = "application-2", Until = SeenAsync(Operation.Rotation, 2) });
        var other = NewGate();
        AddFault(new Fault { Operation = Operation.Rotation, Until = other.Task });
        var ran = NewPipeline($"{Rotate} | Select-Object -First 1", new TestHost(), NewBatch(2));
        ran.Start();
        await UntilAsync(() => ran.Progress.Any(bar => IsLike("*asks to wait: * s left. *1 in flight, 1 waiting", bar.StatusDescription)));

        var watch = Stopwatch.StartNew();
        other.SetResult();
        await ran.RunAsync();

        Assert.Equal(["application-1"], Applications(ran.Rotations));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(25));
        Assert.False(ran.HadErrors);
    }

    [Fact]
    public async Task The_person_is_told_of_the_credentials_that_were_being_stored_when_it_is_stopped()
    {
        var host = new TestHost();
        var pipeline = NewPipeline($$"""{{Rotate}} | ForEach-Object { $_; Start-Sleep 60 }""", host, NewBatch(1));
        pipeline.Start();
        await UntilAsync(() => pipeline.Output.Count > 0);

        await pipeline.StopAsync();

        Assert.All(host.Lines, line => AssertLike($"*(application-1) {Told[1..]}", line));
        Assert.Single(host.Lines);
    }

    [Fact]
    public async Task What_was_sent_is_kept_and_the_person_is_told_when_it_is_stopped()
    {
        var responses = NewGate();
        AddFault(new Fault { Operation = Operation.Rotation, Until = responses.Task });
        var host = new TestHost();
        var pipeline = NewPipeline(Rotate, host, NewBatch(12));
        pipeline.Start();
        await SeenAsync(Operation.Rotation, 4);

        await StopInFlightAsync(pipeline, host, responses);

        Assert.Equal(4, Sent().Distinct().Count());
        Assert.Equal(4, (await HistoryAsync()).Count);
        AssertLike("*Each of 4 rotations may have reached Wink already*", host.Lines.First());
        Assert.Equal(4, host.Lines.Count(line => IsLike(Told, line)));
    }
}
