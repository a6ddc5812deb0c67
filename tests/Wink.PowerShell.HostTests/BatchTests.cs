using System.Text.RegularExpressions;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>What a person sees of a batch: questions and progress; and that it has as many in flight as it may.</summary>
public sealed partial class BatchTests : HostTest
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
        AddFault(new Fault { Operation = Operation.Application, ApplicationId = "application-1", DelayMs = 300, Times = 1 });

        var ran = await RunAsync("$batch | Invoke-WinkCredentialRotation @rotation", host, NewBatch(5));

        Assert.Equal(rotated.Select(number => $"application-{number}"), Applications(ran.Rotations));
        Assert.Equal(answers.Length, host.Questions.Count);
        Assert.All(host.Questions.Index(), question => AssertLike($"*(application-{question.Index + 1})*", question.Item));
    }

    [Fact]
    public async Task It_has_as_many_in_flight_as_it_may_and_never_more()
    {
        AddFault(new Fault { Operation = Operation.Rotation, DelayMs = 1000 });
        var pipeline = NewPipeline(Rotate, new TestHost(), NewBatch(8));
        pipeline.Start();

        await SeenAsync(Operation.Rotation, 4);
        await Task.Delay(400, TestContext.Current.CancellationToken);
        Assert.Equal(4, Seen(Operation.Rotation));

        await pipeline.RunAsync();
        Assert.Equal(8, pipeline.Rotations.Count);
    }

    [Fact]
    public async Task It_shows_how_far_it_is_and_how_long_it_will_take()
    {
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-3", Status = 400, Times = 1 });
        AddFault(new Fault { Operation = Operation.Rotation, DelayMs = 300 });

        var ran = await RunAsync(Rotate, new TestHost(), NewBatch(16));

        Assert.Equal(15, ran.Output.Count);
        var bars = ran.Streams.Progress.Where(bar => bar.Activity == "Invoke-WinkCredentialRotation").ToList();
        Assert.Equal(System.Management.Automation.ProgressRecordType.Completed, bars[^1].RecordType);
        Assert.All(bars[..^1], bar =>
        {
            Assert.Matches("^[0-9]+ rotated, [01] failed, [0-9]+ in flight, [0-9]+ waiting$", bar.StatusDescription);
            int[] counts = [.. Number().Matches(bar.StatusDescription).Select(number => int.Parse(number.Value, null))];
            Assert.Equal(16, counts.Sum());
            Assert.Equal(100 * (counts[0] + counts[1]) / 16, bar.PercentComplete);
            Assert.InRange(bar.SecondsRemaining, 0, 3);
        });
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
