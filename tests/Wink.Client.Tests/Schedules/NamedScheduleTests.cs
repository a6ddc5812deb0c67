namespace Wink.Client.Tests;

/// <summary>
/// The shortest schedules that failed when a defect was put back, each under a name. A schedule that fails in
/// <see cref="ScheduleTests"/> is added here.
/// </summary>
public sealed class NamedScheduleTests
{
    [Fact]
    public void Without_a_baseline_a_lost_rotation_is_not_repeated() => KeepsThePromises(new Schedule(
        Circumstance.Plain, 1, new ScheduleStep(1, Fate.ReadForbidden), new ScheduleStep(1, Fate.LostBeforeEffect)));

    [Fact]
    public void The_response_of_another_application_is_not_taken_for_that_of_this_one() => KeepsThePromises(new Schedule(
        Circumstance.Plain, 1, new ScheduleStep(1, Fate.ForeignBeforeEffect)));

    [Fact]
    public void What_a_second_operator_makes_before_the_repeat_prevents_it() => KeepsThePromises(new Schedule(
        Circumstance.Plain, 1, new ScheduleStep(1, Fate.LostAfterEffect), new ScheduleStep(3, Fate.OperatorRotatesBeforeRead)));

    [Fact]
    public void What_a_killed_process_sent_and_takes_effect_later_makes_nothing_untrue() => KeepsThePromises(new Schedule(
        Circumstance.Plain,
        1,
        new ScheduleStep(1, Fate.CrashBeforeLateEffect),
        new ScheduleStep(2, Fate.LostBeforeEffect)));

    [Theory]
    [InlineData(Fate.LateButRead)]
    [InlineData(Fate.WithoutEnd)]
    [InlineData(Fate.BehindBrokenHead)]
    public void What_arrives_by_the_deadline_is_received_though_the_application_cannot_be_read(Fate fate) => KeepsThePromises(
        new Schedule(Circumstance.Plain, 1, new ScheduleStep(1, fate), new ScheduleStep(2, Fate.ReadNeverAnswered)));

    private static void KeepsThePromises(Schedule schedule)
    {
        var result = Simulation.Run(schedule);

        Assert.True(result.Broken.Count == 0, $"{result}");
    }
}
