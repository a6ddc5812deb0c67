using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Wink.Client.Tests;

/// <summary>
/// The rotation as a state machine, held against a model of Wink: every schedule up to a bound, and random ones beyond it. A failure tells
/// its story and the schedule, to be added to the named ones. WINK_SCHEDULE_STEPS sets the bound, WINK_RANDOM_SCHEDULES how many are
/// random, WINK_RANDOM_SEED where they begin.
/// </summary>
public sealed class ScheduleTests
{
    private const int MaxFailures = 3;

    private static readonly int Bound = Setting("WINK_SCHEDULE_STEPS", 2);
    private static readonly int RandomCount = Setting("WINK_RANDOM_SCHEDULES", 500);

    private static readonly int FirstSeed = Setting("WINK_RANDOM_SEED", 1);

    private readonly List<string> _failures = [];
    private int _count;

    [Fact]
    public void Every_schedule_up_to_a_bound_keeps_the_promises()
    {
        RunAll(new Schedule(Circumstance.Plain, 1), Bound, basicOnly: false);
        foreach (var circumstance in Enum.GetValues<Circumstance>().Except([Circumstance.Plain]))
            RunAll(new Schedule(circumstance, 1), Bound - 1, basicOnly: false);

        Report();
    }

    [Fact]
    public void Every_longer_schedule_of_the_basic_steps_keeps_the_promises()
    {
        RunAll(new Schedule(Circumstance.Plain, 1), Bound + 1, basicOnly: true);
        foreach (var circumstance in Enum.GetValues<Circumstance>())
            RunAll(new Schedule(circumstance, circumstance == Circumstance.Plain ? 2 : 1), Bound, basicOnly: true);

        Report();
    }

    /// <summary>
    /// Runs a schedule, then each that has one step more, at a request that follows, and so on: the first that fails is the shortest.
    /// </summary>
    private void RunAll(Schedule first, int bound, bool basicOnly)
    {
        var schedules = new Queue<Schedule>([first]);
        while (_failures.Count < MaxFailures && schedules.TryDequeue(out var schedule))
        {
            var result = Simulation.Run(schedule);
            _count++;
            if (result.Broken.Count > 0)
                _failures.Add($"{result}");
            else if (schedule.Steps.Count < bound)
                Extend(result, basicOnly).ForEach(schedules.Enqueue);
        }
    }

    /// <summary>Requests that come before the last step have happened: another schedule has a step at them.</summary>
    private static List<Schedule> Extend(SimulationResult result, bool basicOnly)
    {
        var schedule = result.Schedule;
        var last = schedule.Steps is [.., var step]
            ? result.Wink.Exchanges.FindIndex(exchange => exchange.Kind == step.Kind && exchange.Number == step.Number)
            : -1;
        return
        [
            .. from exchange in result.Wink.Exchanges.Skip(last + 1)
               from fate in Fates.Of(exchange.Kind, basicOnly)
               select schedule with { Steps = [.. schedule.Steps, new ScheduleStep(exchange.Number, fate)] },
        ];
    }

    private void Report()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{_count} schedules");
        Assert.True(_failures.Count == 0, string.Join($"{Environment.NewLine}{Environment.NewLine}", _failures));
    }

    [Fact]
    public void Random_schedules_keep_the_promises()
    {
        SimulationResult? smallest = null;
        var random = Prop.ForAll(Arb.From(RandomSchedule.Generator, RandomSchedule.Shrink), schedule =>
        {
            var result = Simulation.Run(schedule);
            _count++;
            // FsCheck goes on from each smaller schedule that fails, so the last one is the smallest.
            smallest = result.Broken.Count > 0 ? result : smallest;
            return result.Broken.Count == 0;
        });

        var runner = new QuietRunner();
        var seed = new Replay(new Rnd((ulong)FirstSeed), size: null!);
        Check.One(Config.Quick.WithMaxTest(RandomCount).WithReplay(seed).WithRunner(runner), random);

        Assert.True(runner.Failure is null, $"{smallest?.ToString() ?? runner.Failure}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{_count} schedules");
    }

    private static int Setting(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
