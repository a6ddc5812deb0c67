using FsCheck;
using FsCheck.Fluent;
using Wink.Client.Tests;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>
/// Whatever a person does after a rotation, they find its credentials: in the runspace that made it, in the one that connected, and over
/// the connection. WINK_RANDOM_HISTORIES sets how many schedules are run, WINK_RANDOM_SEED where they begin; a failure tells the shortest.
/// </summary>
public sealed class HistoryScheduleTests : HostTestBase
{
    private const int MaxSteps = 6;
    private const string Rotate = "Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false";
    private const string Connect = "Connect-Wink $operator -ApiUri $uri -IamUri $uri -PassThru";

    private static readonly int Count = Setting("WINK_RANDOM_HISTORIES", 30);
    private static readonly int FirstSeed = Setting("WINK_RANDOM_SEED", 1);

    private static readonly Gen<HistorySchedule> Generator =
        from count in Gen.Choose(1, MaxSteps)
        from steps in Gen.ArrayOf(Gen.Frequency(
            (3, Gen.Constant(HistoryStep.Rotate)), (4, Gen.Elements(Enum.GetValues<HistoryStep>()))), count)
        select new HistorySchedule(steps);

    private int _rotations;

    [Fact]
    public void Credentials_that_were_received_are_found_wherever_they_may_be_looked_for()
    {
        NewBatch(1);
        string? smallest = null;
        var property = Prop.ForAll(Arb.From(Generator, Shrink), schedule =>
        {
            var lost = RunAsync(schedule).GetAwaiter().GetResult();
            // FsCheck goes on from each smaller schedule that fails, so the last one is the smallest.
            smallest = lost is null ? smallest : $"Broken: {lost}.{Environment.NewLine}{schedule}";
            return lost is null;
        });

        var runner = new QuietRunner();
        var seed = new Replay(new Rnd((ulong)FirstSeed), size: null!);
        Check.One(Config.Quick.WithMaxTest(Count).WithReplay(seed).WithRunner(runner), property);

        Assert.True(runner.Failure is null, smallest ?? runner.Failure);
        Assert.NotEqual(0, _rotations);
    }

    [Fact]
    public Task Credentials_are_found_after_connecting_again() =>
        FindsAllAsync(new HistorySchedule(HistoryStep.Rotate, HistoryStep.ConnectAgain));

    [Fact]
    public Task Credentials_of_another_runspace_are_found_where_the_connection_was_made() =>
        FindsAllAsync(new HistorySchedule(HistoryStep.GoToNewRunspace, HistoryStep.RotateOverFirstConnection));

    private async Task FindsAllAsync(HistorySchedule schedule)
    {
        NewBatch(1);

        var lost = await RunAsync(schedule);

        Assert.True(lost is null, $"Broken: {lost}.{Environment.NewLine}{schedule}");
        Assert.NotEqual(0, _rotations);
    }

    /// <returns>What is not found, in words; null where all is.</returns>
    private async Task<string?> RunAsync(HistorySchedule schedule)
    {
        var first = NewPipeline("", host: null);
        var connection = (await first.ThenAsync<WinkConnection>($"$global:first = {Connect}; $first")).Single();
        List<Pipeline> runspaces = [first];
        var current = first;
        var expected = new List<(string Where, Pipeline Runspace, string Script, string ClientId)>();
        foreach (var step in schedule.Steps)
        {
            switch (step)
            {
                case HistoryStep.Rotate:
                    await RotateAsync(Rotate, isOverFirst: false);
                    break;
                case HistoryStep.RotateOverFirstConnection:
                    await RotateAsync($"{Rotate} -Connection $first", isOverFirst: true);
                    break;
                case HistoryStep.ConnectAgain:
                    await current.ThenAsync<object>(Connect);
                    break;
                case HistoryStep.Disconnect:
                    await current.ThenAsync<object>("Disconnect-Wink -ErrorAction SilentlyContinue");
                    break;
                case HistoryStep.GoToNewRunspace:
                    current = NewPipeline("", host: null, connection);
                    await current.ThenAsync<object>("$global:first = $batch");
                    runspaces.Add(current);
                    break;
                default:
                    current = first;
                    break;
            }
        }

        string? lost = null;
        foreach (var (where, runspace, script, clientId) in expected)
        {
            var found = await runspace.ThenAsync<CredentialRotation>(script);
            if (!found.Any(rotation => rotation.ClientId == clientId && Sandbox.State.Issued(
                rotation.ApplicationId, clientId, rotation.Credential.GetNetworkCredential().Password, 0)))
            {
                lost ??= $"the credentials {clientId} are not found {where}";
            }
        }

        foreach (var runspace in runspaces)
            runspace.Dispose();

        return lost;

        async Task RotateAsync(string script, bool isOverFirst)
        {
            var before = Valid();
            // Without a connection it fails, and nothing is made.
            await current.ThenAsync<object>($"try {{ {script} -ErrorAction Stop }} catch {{ }}");
            var after = Valid();
            if (after.ClientId == before.ClientId)
                return;

            _rotations++;
            expected.Add(("in the runspace that made them", current, "Get-WinkCredentialRotation", after.ClientId));
            if (isOverFirst)
            {
                expected.Add(("in the runspace that connected", first, "Get-WinkCredentialRotation", after.ClientId));
                expected.Add(("over the connection", first, "Get-WinkCredentialRotation -Connection $first", after.ClientId));
            }
        }
    }

    private SandboxApplication Valid() => Sandbox.State.FindApplication("travel-tech", "application-1")!;

    private static IEnumerable<HistorySchedule> Shrink(HistorySchedule schedule) => Enumerable.Range(0, schedule.Steps.Count)
        .Select(at => new HistorySchedule([.. schedule.Steps.Take(at), .. schedule.Steps.Skip(at + 1)]));
}
