using System.Diagnostics;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>Batches whose pipeline ends early: what was in flight is written, or it is kept and the person is told.</summary>
public sealed class BatchEndingTests : HostTest
{
    private const string Rotate = "$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false";

    private const string Told =
        "*was rotated. Its new credentials are in Get-WinkCredentialRotation in the runspace that connected, " +
        "or with -Connection in any other.";

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
        // Late enough that four are in flight by then.
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-2", Status = 400, DelayMs = 500, Times = 1 });
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-3", Status = 404, DelayMs = 700, Times = 1 });
        AddFault(new Fault { Operation = Operation.Rotation, DelayMs = 1200 });

        var ran = await RunAsync(script, new TestHost(), NewBatch(12));

        Assert.True(ran.Threw);
        AssertLike("*application-2*", ran.End);
        Assert.Equal(["application-1", "application-4"], Applications(ran.Rotations));
        AssertLike("*Wink refused*application-3*", ran.Warnings);
        Assert.Equal(FirstFour, Sent());
        Assert.Equal(["application-1", "application-4"], Applications(await HistoryAsync()));
    }

    [Fact]
    public async Task What_was_in_flight_is_written_before_a_warning_ends_it_and_the_lost_secret_is_not_repeated()
    {
        AddFault(new Fault
        {
            Operation = Operation.Rotation,
            ApplicationId = "application-1",
            Moment = FaultMoment.AfterActing,
            DelayMs = 500,
            Close = true,
            Times = 1,
        });
        AddFault(new Fault { Operation = Operation.Rotation, DelayMs = 1200 });

        var ran = await RunAsync($"{Rotate} -WarningAction Stop", new TestHost(), NewBatch(12));

        Assert.True(ran.Threw);
        AssertLike("*response*application-1*was lost*", ran.End);
        Assert.Single(ran.Errors, error => IsLike("RotationSecretLost,*", error.FullyQualifiedErrorId));
        Assert.Equal(8, ran.Errors.Count(error => IsLike("RotationNotAttempted,*", error.FullyQualifiedErrorId)));
        Assert.Equal(FirstFour[1..], Applications(ran.Rotations));
        Assert.Equal(FirstFour, Sent());
    }

    [Theory]
    [InlineData($"{Rotate} | Select-Object -First 1", 3)]
    [InlineData($$"""{{Rotate}} | ForEach-Object { throw 'made-up' }""", 3)]
    [InlineData("""
        & {
            Get-WinkApplication travel-tech -Connection $wink -Name 'Application ?' | Select-Object -First 4
            Start-Sleep 1
            throw 'made-up'
        } |
            Invoke-WinkCredentialRotation @rotation -Confirm:$false
        """, 4)]
    public async Task What_was_sent_is_kept_and_the_person_is_told_when_its_neighbour_ends_it(string script, int told)
    {
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-1", DelayMs = 500, Times = 1 });
        AddFault(new Fault { Operation = Operation.Rotation, DelayMs = 1500 });
        var host = new TestHost();

        await RunAsync(script, host, NewBatch(12));

        Assert.Equal(FirstFour, Sent());
        Assert.Equal(FirstFour, Applications(await HistoryAsync()));
        Assert.Equal(told, host.Lines.Count(line => IsLike(Told, line)));
    }

    [Fact]
    public async Task All_that_was_sent_is_awaited_also_where_the_person_cannot_be_told()
    {
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-1", DelayMs = 500, Times = 1 });
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-2", DelayMs = 800, Times = 1 });
        AddFault(new Fault { Operation = Operation.Rotation, DelayMs = 2500 });

        await RunAsync($"{Rotate} | Select-Object -First 1", new TestHost { CannotWrite = true }, NewBatch(4));

        Assert.Equal(FirstFour, Applications(await HistoryAsync()));
    }

    [Fact]
    public async Task What_only_waits_to_be_sent_again_is_cancelled_when_downstream_wants_no_more()
    {
        AddFault(new Fault
        {
            Operation = Operation.Rotation,
            ApplicationId = "application-2",
            Status = 429,
            Headers = new Dictionary<string, string> { ["Retry-After"] = "50" },
        });
        AddFault(new Fault { Operation = Operation.Rotation, DelayMs = 500 });
        var watch = Stopwatch.StartNew();

        var ran = await RunAsync($"{Rotate} | Select-Object -First 1", new TestHost(), NewBatch(2));

        Assert.Equal(["application-1"], Applications(ran.Rotations));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(25));
        Assert.False(ran.HadErrors);
    }

    [Fact]
    public async Task The_person_is_told_of_the_credentials_that_were_being_stored_when_it_is_stopped()
    {
        var host = new TestHost();
        var pipeline = NewPipeline($$"""{{Rotate}} | ForEach-Object { Start-Sleep 30 }""", host, NewBatch(1));
        pipeline.Start();
        await UntilAsync(async () => (await HistoryAsync()).Count > 0);
        await Task.Delay(500, TestContext.Current.CancellationToken);

        await pipeline.StopAsync();

        Assert.All(host.Lines, line => AssertLike($"*application-1 {Told[1..]}", line));
        Assert.Single(host.Lines);
    }

    [Fact]
    public async Task What_was_sent_is_kept_and_the_person_is_told_when_it_is_stopped()
    {
        AddFault(new Fault { Operation = Operation.Rotation, DelayMs = 3000 });
        var host = new TestHost();
        var pipeline = NewPipeline(Rotate, host, NewBatch(12));
        pipeline.Start();
        await SeenAsync(Operation.Rotation, 4);

        await pipeline.StopAsync();

        Assert.Equal(4, Sent().Distinct().Count());
        Assert.Equal(4, (await HistoryAsync()).Count);
        AssertLike("*Each of 4 rotations may have reached Wink already*", host.Lines.First());
        Assert.Equal(4, host.Lines.Count(line => IsLike(Told, line)));
    }
}
