using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>Wink's rate limit: a 429 pauses all requests of a connection, and nothing is refused because others had to wait.</summary>
public sealed partial class RateLimitTests : HostTestBase
{
    private const string Rotate = "$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false";

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>For what is no pause, beside each.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private readonly PortRecord _record = new();

    /// <summary>WINK_RATE_LIMITED_ROTATIONS sets how many.</summary>
    [Fact]
    public async Task A_long_batch_waits_as_often_as_the_allowance_forces_it_to_and_sends_nothing_meanwhile()
    {
        const int Allowance = 60;
        var count = Setting("WINK_RATE_LIMITED_ROTATIONS", 90);
        var limit = await LimitAsync(Allowance);
        RotationParameters["ThrottleLimit"] = 16;
        var batch = NewBatch(count);
        var startedAt = Time.GetTimestamp();

        var ran = await RunAsync(Rotate, null, batch);

        var elapsed = Time.GetElapsedTime(startedAt);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{elapsed}, {limit.Pauses} pauses, {limit.LetThrough} let through, {limit.Refused} refused, " +
            $"{_record.StartedInPause} in a pause");
        Assert.Empty(ran.Errors);
        Assert.Equal(count, ran.Rotations.Count);
        AssertValid(ran.Rotations);
        Assert.Equal(0, _record.StartedInPause);
        // Each pause is found by what was in flight when the allowance was used up.
        Assert.InRange(limit.Refused, limit.Pauses, limit.Pauses * 16);
        // A look-up and a rotation each, and another read after a pause for each that was about to be sent.
        Assert.InRange(limit.LetThrough, 2 * count, (2 * count) + (limit.Pauses * 16));
        // A short batch may need one pause more, which is much for it.
        var forced = ((2 * count) - 1) / Allowance;
        var longest = Math.Max(forced * 1.15, forced + 1) * Pause;
        Assert.True(elapsed <= longest + (limit.Pauses * Margin), $"{elapsed} with {limit.Pauses} pauses, of which {forced} are forced");
        AssertAddsUp(ran, count);
    }

    [Fact]
    public async Task Nothing_is_sent_while_Wink_asks_for_a_longer_pause_than_may_be_waited()
    {
        var limit = await LimitAsync(allowance: 3);
        RotationParameters["ThrottleLimit"] = 1;

        var ran = await RunAsync($"{Rotate} -MaximumWaitSec 59", null, NewBatch(4));

        Assert.Equal(["application-1"], Applications(ran.Rotations));
        Assert.Equal(["RotationRejected", "RotationNotSent", "RotationNotSent"], ErrorIds(ran));
        AssertLike("*was not sent.*the time that Wink asked for is not over*", ran.Errors[^1]);
        Assert.Equal((1, 0), (limit.Refused, _record.StartedInPause));
    }

    [Fact]
    public async Task It_waits_for_a_pause_that_is_just_as_long_as_may_be_waited()
    {
        var limit = await LimitAsync(allowance: 3);

        var ran = await RunAsync($"{Rotate} -MaximumWaitSec 60", null, NewBatch(2));

        Assert.Equal(2, ran.Rotations.Count);
        Assert.Equal((1, 0), (limit.Pauses, _record.StartedInPause));
    }

    [Fact]
    public async Task What_is_refused_each_time_does_not_go_on_for_ever()
    {
        await UseQuietTimeAsync();
        AddFault(Fault.RateLimited("0"));

        var ran = await RunAsync(Rotate, null, NewBatch(3));

        Assert.Equal(3, ran.Errors.Count(error => IsLike("RotationRejected,*", error.FullyQualifiedErrorId)));
        Assert.All(Sent().CountBy(id => id), sent => Assert.Equal(4, sent.Value));
    }

    [Fact]
    public async Task What_is_refused_each_time_ends_soon_after_the_others_that_are_not()
    {
        await UseQuietTimeAsync();
        AddFault(Fault.RateLimited("0") with { ApplicationId = "application-1" });

        var ran = await RunAsync(Rotate, null, NewBatch(40));

        Assert.Equal(39, ran.Rotations.Count);
        AssertLike("RotationRejected,*", Assert.Single(ran.Errors).FullyQualifiedErrorId);
        Assert.InRange(Sent().Count(id => id == "application-1"), 4, 43);
    }

    [Fact]
    public async Task A_batch_gets_on_though_its_reads_alone_could_use_up_the_allowance()
    {
        var limit = await LimitAsync(allowance: 2);
        RotationParameters["ThrottleLimit"] = 16;

        var ran = await RunAsync(Rotate, null, NewBatch(4));

        Assert.Empty(ran.Errors);
        Assert.Equal(4, ran.Rotations.Count);
        Assert.InRange(limit.Pauses, 3, 8);
    }

    [Fact]
    public async Task A_repeat_that_is_refused_does_not_wait_for_one_that_waits_for_its_outcome()
    {
        await UseQuietTimeAsync();
        RotationParameters["ThrottleLimit"] = 2;
        var lost = NewGate();
        // Both are in flight then: after a pause, one request goes first, and the others wait for its response.
        var refused = Fault.RateLimited("1") with { ApplicationId = "application-1", Times = 1 };
        AddFault(refused with { Until = SeenAsync(Operation.Rotation, 2) });
        AddFault(refused with { Meanwhile = lost.SetResult });
        AddFault(new Fault
        {
            Operation = Operation.Rotation,
            ApplicationId = "application-2",
            Times = 1,
            Moment = FaultMoment.AfterActing,
            Until = lost.Task,
            LetsTimePass = true,
            Close = true,
        });
        AddFault(Fault.RateLimited("1") with { ApplicationId = "application-2", Times = 1 });
        var pipeline = NewPipeline(Rotate, null, NewBatch(2));

        await pipeline.RunAsync().WaitAsync(TimeSpan.FromSeconds(60), Cancellation);

        Assert.Equal(2, pipeline.Rotations.Count);
        AssertValid(pipeline.Rotations);
        AssertLike("*is repeated now*", Assert.Single(pipeline.Streams.Warning));
    }

    [Fact]
    public async Task A_pause_is_one_for_all_requests_of_the_connection()
    {
        await LimitAsync(allowance: 10);
        // A read of its own waits for a minute at most.
        var limit = Sandbox.RateLimit = new SandboxRateLimit(0, 10, TimeSpan.FromSeconds(50), Time);
        var batch = NewBatch(20);

        var runs = await Task.WhenAll(
            RunAsync(Rotate, null, batch.Take(10)),
            RunAsync(Rotate, null, batch.Skip(10)),
            RunAsync("Get-WinkApplication -ManagingEntityId travel-tech -ApplicationId application-1 -Connection $wink", null));

        Assert.All(runs, run => Assert.Empty(run.Errors));
        Assert.Equal(20, runs.Sum(run => run.Rotations.Count));
        Assert.Equal(0, _record.StartedInPause);
        Assert.InRange(limit.Pauses, 4, 8);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public async Task Stopped_in_a_pause_it_ends_immediately_and_says_nothing_that_is_not_true(int count)
    {
        AddFault(Fault.RateLimited("50"));
        var host = new TestHost();
        var ran = NewPipeline(Rotate, host, NewBatch(count));
        ran.Start();
        await UntilAsync(() => ran.Progress.Any(bar => IsLike("*asks to wait*0 in flight*", bar.StatusDescription)));
        var sent = Sent();
        var requests = Sandbox.Journal.Requests.Count;

        await ran.StopAsync().WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        Assert.Equal(sent, Sent());
        Assert.Equal(requests, Sandbox.Journal.Requests.Count);
        Assert.False(IsExplained(host));
    }

    [Fact]
    public async Task Only_what_was_sent_may_have_reached_Wink()
    {
        var response = NewGate();
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-1", Until = response.Task });
        // The first one is sent before the others begin the pause.
        AddFault(Fault.RateLimited("50") with { Until = UntilAsync(() => Sent().Contains("application-1")) });
        var host = new TestHost();
        var ran = NewPipeline(Rotate, host, NewBatch(4));
        ran.Start();
        await UntilAsync(() => ran.Progress.Any(bar => IsLike("*asks to wait*1 in flight, 3 waiting", bar.StatusDescription)));

        await StopInFlightAsync(ran, host, response);

        Assert.Contains(host.Lines, line => IsLike("*The rotation of application *(application-1) *may have reached Wink already*", line));
        Assert.Equal(["application-1"], Applications(await HistoryAsync()));
    }

    [Fact]
    public async Task An_error_that_ends_the_pipeline_ends_a_pause_and_its_bar()
    {
        var response = NewGate();
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-1", Status = 400, Until = response.Task });
        AddFault(Fault.RateLimited("50") with
        {
            ApplicationId = "application-2",
            Until = UntilAsync(() => Sent().Contains("application-1")),
        });
        // The read that tells the outcome comes after the pause, so the application cannot be read here at all.
        RotationParameters["SkipLookup"] = true;
        var ran = NewPipeline($"{Rotate} -ErrorAction Stop", null, NewBatch(2));
        ran.Start();
        await UntilAsync(() => ran.Progress.Any(bar => IsLike("*asks to wait*1 in flight, 1 waiting", bar.StatusDescription)));

        response.SetResult();
        await ran.RunAsync().WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        AssertLike("RotationRejected,*", ran.End?.FullyQualifiedErrorId);
        Assert.Equal(["application-1", "application-2"], Sent());
        Assert.Equal(ProgressRecordType.Completed, ran.Progress[^1].RecordType);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Its_progress_follows_each_second_and_adds_up(int count)
    {
        // Others have used it up.
        var limit = await LimitAsync(allowance: 4);
        while (limit.LetThrough < 4)
            limit.Refuse();

        var ran = await RunAsync(Rotate, null, NewBatch(count));

        Assert.Equal(count, ran.Rotations.Count);
        AssertAddsUp(ran, count);
        foreach (var left in Enumerable.Range(1, (int)Pause.TotalSeconds))
            Assert.Contains(ran.Progress, bar => IsLike($"*asks to wait: {left} s left. *0 in flight, * waiting", bar.StatusDescription));
    }

    private async Task<SandboxRateLimit> LimitAsync(int allowance)
    {
        await UseQuietTimeAsync(port => new RecordingPort(port, _record, Time));
        return Sandbox.RateLimit = new SandboxRateLimit(0, allowance, Pause, Time);
    }

    /// <summary>The counts are those of what was added so far, and of all in the end.</summary>
    private static void AssertAddsUp(Pipeline ran, int count)
    {
        Assert.Equal(ProgressRecordType.Completed, ran.Progress[^1].RecordType);
        int[] sums = [
            .. from bar in ran.Progress
               where bar.RecordType == ProgressRecordType.Processing
               select Count().Matches(bar.StatusDescription).Sum(found => int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture))];
        Assert.Equal(sums.Order(), sums);
        Assert.Equal(count, sums[^1]);
    }

    [GeneratedRegex("([0-9]+) (rotated|failed|not sent|in flight|waiting)")]
    private static partial Regex Count();
}
