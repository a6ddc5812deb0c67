using System.Management.Automation;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Wink.Client;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>What a person sees of a batch: questions and progress; and that it has as many in flight as it may.</summary>
public sealed partial class BatchTests : HostTestBase
{
    private const string Rotate = "$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false";

    /// <summary>Answers: yes, no, yes to all; and yes, no to all.</summary>
    [Theory]
    [InlineData(new[] { 0, 2, 1 }, new[] { 1, 3, 4, 5 })]
    [InlineData(new[] { 0, 3 }, new[] { 1 })]
    public async Task It_asks_for_each_application_in_the_order_of_the_input(int[] answers, int[] rotated)
    {
        var host = new TestHost { Answers = new(answers) };
        // A look-up that is slow must not change the order.
        AddFault(new Fault
        {
            Operation = Operation.Application,
            ApplicationId = "application-1",
            Until = SeenAsync(Operation.Application, 4),
            DelayMs = 100,
            Times = 1,
        });

        var ran = await RunAsync("$batch | Invoke-WinkCredentialRotation @rotation", host, NewBatch(5));

        Assert.Equal(rotated.Select(number => $"application-{number}"), Applications(ran.Rotations));
        Assert.Equal(answers.Length, host.Questions.Count);
        Assert.All(host.Questions.Index(), question => AssertLike($"*(application-{question.Index + 1})*", question.Item));
    }

    [Fact]
    public async Task It_has_as_many_in_flight_as_it_may_and_never_more()
    {
        await UseQuietTimeAsync();
        var responses = NewGate();
        AddFault(new Fault { Operation = Operation.Rotation, Until = responses.Task, LetsTimePass = true });
        var pipeline = NewPipeline(Rotate, new TestHost(), NewBatch(8));
        pipeline.Start();

        await SeenAsync(Operation.Rotation, 4);
        await Time.UntilQuietAsync(Cancellation);
        Assert.Equal(4, Seen(Operation.Rotation));

        responses.SetResult();
        await pipeline.RunAsync();
        Assert.Equal(8, pipeline.Rotations.Count);
    }

    [Fact]
    public async Task It_shows_how_far_it_is_and_how_long_it_will_take()
    {
        var hasAllInput = NewGate();
        AddFault(new Fault { Operation = Operation.Application, Until = hasAllInput.Task });
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-3", Status = 400, Times = 1 });
        // Nothing is shown within the first 200 ms.
        AddFault(new Fault { Operation = Operation.Rotation, DelayMs = 300 });
        var ran = NewPipeline($$"""& { $batch; $slow.Run() } | {{Rotate["$batch | ".Length..]}}""", new TestHost(), NewBatch(16));
        ran.Start();
        await UntilAsync(() => Slow.WasCalled);
        hasAllInput.SetResult();
        Slow.End();
        await ran.RunAsync();

        Assert.Equal(15, ran.Output.Count);
        var bars = ran.Progress.Where(bar => bar.Activity == "Rotating").ToList();
        Assert.Equal(ProgressRecordType.Completed, bars[^1].RecordType);
        Assert.All(bars[..^1], bar =>
        {
            Assert.Matches("^[0-9]+ rotated, [01] failed, [0-9]+ in flight, [0-9]+ waiting$", bar.StatusDescription);
            int[] counts = [.. Number().Matches(bar.StatusDescription).Select(number => int.Parse(number.Value, null))];
            Assert.Equal(16, counts.Sum());
            var done = counts[0] + counts[1];
            // Nothing can be estimated before the first one has ended.
            Assert.Equal(done == 0 ? -1 : 100 * done / 16, bar.PercentComplete);
            Assert.Equal(done == 0, bar.SecondsRemaining < 0);
        });
    }

    [Fact]
    public void It_estimates_the_remaining_time_by_the_rotations_that_have_ended()
    {
        var time = new FakeTimeProvider();
        var shown = new List<ProgressRecord>();
        using var progress = new BatchProgress(time, shown.Add, action => action());
        ApplicationReference[] applications = [.. Enumerable.Range(1, 10).Select(number => new ApplicationReference("x", $"{number}"))];
        foreach (var _ in applications)
            progress.Added();

        progress.HasAllInput();
        time.Advance(TimeSpan.FromSeconds(1));
        progress.Report(new RotationInFlight(applications[0], IsInFlight: true));
        Assert.Equal(-1, shown.Single().SecondsRemaining);

        time.Advance(TimeSpan.FromSeconds(3));
        foreach (var (index, application) in applications[..2].Index())
            progress.Finished(application, rotated: index == 0);

        // The second came within 200 ms.
        Assert.Equal("1 rotated, 0 failed, 0 in flight, 9 waiting", shown[^1].StatusDescription);
        Assert.Equal((10, 36), (shown[^1].PercentComplete, shown[^1].SecondsRemaining));
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
