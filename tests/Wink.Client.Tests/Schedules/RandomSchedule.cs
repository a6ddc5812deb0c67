using FsCheck;
using FsCheck.Fluent;

namespace Wink.Client.Tests;

/// <summary>How random schedules are made, and how one that fails becomes smaller.</summary>
internal static class RandomSchedule
{
    private const int MaxSteps = 10;
    private const int MaxAttempts = 3;

    private static readonly Gen<ScheduleStep> Step = Gen.Frequency(
        (4, StepOf(RequestKind.Rotation, 5)),
        (5, StepOf(RequestKind.Read, 10)),
        (1, StepOf(RequestKind.Token, 3)));

    public static Gen<Schedule> Generator { get; } =
        from circumstance in Gen.Frequency((4, Gen.Constant(Circumstance.Plain)), (3, Gen.Elements(Enum.GetValues<Circumstance>())))
        from attempts in Gen.Choose(1, MaxAttempts)
        from count in Gen.Choose(1, MaxSteps)
        from steps in Gen.ArrayOf(Step, count)
        select new Schedule(circumstance, attempts, [.. steps.DistinctBy(step => (step.Kind, step.Number))]);

    public static IEnumerable<Schedule> Shrink(Schedule schedule)
    {
        for (var at = 0; at < schedule.Steps.Count; at++)
            yield return schedule with { Steps = [.. schedule.Steps.Take(at), .. schedule.Steps.Skip(at + 1)] };

        if (schedule.Attempts > 1)
            yield return schedule with { Attempts = schedule.Attempts - 1 };

        if (schedule.Circumstance != Circumstance.Plain)
            yield return schedule with { Circumstance = Circumstance.Plain };

        for (var at = 0; at < schedule.Steps.Count; at++)
        {
            var step = schedule.Steps[at];
            if (step.Number > 1 && schedule.FateOf(step.Kind, step.Number - 1) is null)
            {
                var earlier = step with { Number = step.Number - 1 };
                yield return schedule with { Steps = [.. schedule.Steps.Select(one => one == step ? earlier : one)] };
            }
        }
    }

    private static Gen<ScheduleStep> StepOf(RequestKind kind, int highest) =>
        from number in Gen.Choose(1, highest)
        from fate in Gen.Elements(Fates.Of(kind).ToArray())
        select new ScheduleStep(number, fate);
}
