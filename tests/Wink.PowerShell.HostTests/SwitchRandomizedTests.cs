using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>
/// Random switches with faults, a second operator, a vault that fails, and stops, while consumers read the vault all the time: what they
/// read is valid at every moment. WINK_RANDOM_SWITCHES sets how many, WINK_RANDOM_SEED where they begin; a failure tells its story.
/// </summary>
public sealed class SwitchRandomizedTests : SwitchTestBase
{
    private static readonly int Count = Setting("WINK_RANDOM_SWITCHES", 100);
    private static readonly int FirstSeed = Setting("WINK_RANDOM_SEED", 1);

    private readonly ConcurrentQueue<string> _failures = new();
    private readonly StringBuilder _story = new();
    private PSCredential _slow = null!;
    private int _reads;
    private int _switched;
    private int _saved;

    [Fact]
    public async Task Consumers_never_read_credentials_that_are_refused()
    {
        await UseQuietTimeAsync();
        AddPair();
        _slow = Vault.Current;
        using var end = new CancellationTokenSource();
        var consumer = Task.Factory.StartNew(
            () => Consume(end.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        for (var seed = FirstSeed; seed < FirstSeed + Count && _failures.IsEmpty; seed++)
            await SwitchOnceAsync(seed, new Random(seed));

        await end.CancelAsync();
        await consumer;
        TestContext.Current.TestOutputHelper?.WriteLine($"{_switched} of {Count} switched, {_saved} saved, {_reads} reads by consumers");
        Assert.True(_failures.IsEmpty, string.Join("\n\n", _failures));
        // Otherwise it proves nothing.
        Assert.True(_switched > Count / 4, $"Only {_switched} of {Count} switched.");
        Assert.True(_reads > Count);
    }

    /// <summary>One consumer reads the vault each time, and a slow one has what it read before the switch began.</summary>
    private void Consume(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            Check(IsTokenGiven(Volatile.Read(ref _slow)), "a consumer that is refused, with what it read before the switch");
            Check(IsTokenGiven(Vault.Current), "a consumer that is refused, with what it has just read");
            _reads += 2;
            Thread.Sleep(2);
        }
    }

    /// <summary>As IAM does it, and at a moment that no request over a connection would be as sure to hit.</summary>
    private bool IsTokenGiven(PSCredential credential) => IsValid(credential);

    private async Task SwitchOnceAsync(int seed, Random random)
    {
        Volatile.Write(ref _slow, Vault.Current);
        var inUse = Vault.Current.UserName == A.ClientId ? "booking-a" : "booking-b";
        var standby = inUse == "booking-a" ? "booking-b" : "booking-a";
        lock (_story)
            _story.Clear().Append(CultureInfo.InvariantCulture, $"Seed {seed}, standby {standby}:");

        var isFaulty = AddFaults(random, standby, out var isLate);
        Vault.FailsBefore = random.Next(15) == 0;
        Vault.FailsAfter = random.Next(15) == 0;
        Vault.BeforeSave = random.Next(4) == 0 ? () => Thread.Sleep(5) : null;
        var clientIdInUse = Vault.Current.UserName;
        var sent = Sent().Count(id => id == inUse);
        using var ran = NewPipeline(SwitchNow, host: null, Vault);
        ran.Start();
        var isStopped = random.Next(5) == 0;
        if (isStopped)
        {
            await Task.Delay(random.Next(80), Cancellation);
            await ran.StopIfRunningAsync();
        }
        else
        {
            await ran.RunAsync();
        }

        var errors = string.Join(' ', ran.Errors.Select(ErrorId));
        Tell($" vault fails {Vault.FailsBefore} {Vault.FailsAfter}; stopped {isStopped}; errors {errors};");
        foreach (var rotation in ran.Rotations)
            Tell($" object {rotation.ApplicationId} {rotation.Verified} {rotation.Saved};");

        Check(Sent().Count(id => id == inUse) == sent, "a rotation of the application in use");
        Check(
            Sandbox.State.FindApplication("travel-tech", inUse)!.ClientId == clientIdInUse,
            "another client ID of the application in use");
        Check(ran.Rotations.All(rotation => rotation.Saved is not true || IsTokenGiven(rotation.Credential)), "a save of what IAM refuses");
        Check(ran.Rotations.Count + ran.Errors.Count > 0 || isStopped, "neither an object nor an error");
        Check(isFaulty || isStopped || ran.Errors.All(error => ErrorId(error) == "RotationNotSaved"), "an error without a fault");
        _switched += ran.Rotations.Count(rotation => rotation.Verified is true);
        _saved += ran.Rotations.Count(rotation => rotation.Saved is true);

        // A lost request acts at most before the next switch.
        Sandbox.Faults.Clear();
        if (isLate && Vault.Current.UserName == clientIdInUse)
            Sandbox.State.Rotate("travel-tech", standby);

        await CleanUpAsync(random);
        Check(IsTokenGiven(Vault.Current), "a vault with credentials that are refused");
    }

    /// <summary>As a person does it: saves the credentials that the history has, if they are valid, or clears it.</summary>
    private async Task CleanUpAsync(Random random)
    {
        if (Wink.Live!.History.Rotations is not [.., { Doubt: null } newest] || newest.ClientId == Vault.Current.UserName)
            return;

        var isRefused = await RunAsync($"{SwitchNow}", null, Vault);
        Tell($" newest {newest.ApplicationId} {newest.ClientId} {newest.Saved}; vault {Vault.Current.UserName};");
        Check(
            ErrorIds(isRefused).SequenceEqual(["SwitchRefused"]), "a switch that is not refused though newer credentials are not in use");
        (Vault.FailsBefore, Vault.FailsAfter) = (false, false);
        if (random.Next(2) == 0 && IsValid(newest.Credential))
            Vault.Save(newest.Credential);
        else
            await RunAsync("Clear-WinkCredentialRotation -Connection $wink -Confirm:$false", null);
    }

    /// <returns>Whether there are any.</returns>
    private bool AddFaults(Random random, string standby, out bool isLate)
    {
        var moment = random.Next(2) == 0 ? FaultMoment.BeforeActing : FaultMoment.AfterActing;
        Action? meanwhile = random.Next(6) == 0 ? () => Sandbox.State.Rotate("travel-tech", standby) : null;
        var plain = new Fault { Operation = Operation.Rotation, Times = 1, Moment = moment, Meanwhile = meanwhile };
        var kind = random.Next(16);
        var fault = kind switch
        {
            0 => plain with { Close = true },
            1 => plain with { Reset = true },
            2 => plain with { Status = random.GetItems([500, 502, 503], 1)[0], Body = "<html>made-up gateway</html>" },
            3 => plain with { Status = random.GetItems([400, 401, 402, 403, 404, 408, 409, 410, 422, 425], 1)[0], Body = "{}" },
            4 => plain with { Status = 200, Body = """{"id":"another","clientId":"client-of-another","secretKey":"made-up-secret"}""" },
            5 => plain.AsRateLimited("2"),
            6 => plain with { Raw = "HTTP/1.1 2" },
            7 => plain with
            {
                Moment = FaultMoment.AfterActing,
                Status = 200,
                Body = """{"clientId":{clientId},"secretKey":{secretKey}}""",
            },
            8 => plain with { Moment = FaultMoment.AfterActing, Status = 200, ContentType = "application/json", Body = Wrong(standby) },
            9 => plain with { Replays = true },
            _ => meanwhile is null ? null : plain with { Moment = FaultMoment.BeforeActing },
        };
        isLate = fault is { Moment: FaultMoment.BeforeActing } && (fault.Close || fault.Reset) && random.Next(2) == 0;
        var others = new List<Fault>();
        if (random.Next(6) == 0)
            others.Add(new Fault
            {
                Operation = Operation.Application,
                Times = random.Next(1, 5),
                Status = random.Next(2) == 0 ? 403 : 500,
            });

        if (random.Next(6) == 0)
            others.Add(new Fault
            {
                Operation = Operation.Application,
                ApplicationId = standby,
                Times = 1,
                Meanwhile = meanwhile,
                Close = true,
            });

        if (random.Next(4) == 0)
        {
            // The first tokens are given, as for the credentials in use.
            others.Add(new Fault { Operation = Operation.Token, Times = random.Next(1, 3) });
            var times = random.Next(3) == 0 ? int.MaxValue : random.Next(1, 4);
            others.Add(new Fault { Operation = Operation.Token, Times = times, Status = 401, Body = """{"error":"invalid_client"}""" });
        }

        if (fault is not null)
            others.Add(fault);

        foreach (var one in others)
        {
            Tell($" {one.Operation} {one.Moment} {one.Status} close {one.Close} meanwhile {one.Meanwhile is not null} times {one.Times};");
            AddFault(one);
        }

        return others.Count > 0;
    }

    private static string Wrong(string standby) => $$"""{"id":"{{standby}}","clientId":{clientId},"secretKey":"made-up-wrong-secret"}""";

    private void Tell(string what)
    {
        lock (_story)
            _story.Append(what);
    }

    private void Check(bool holds, string what)
    {
        if (holds || _failures.Count > 3)
            return;

        lock (_story)
            _failures.Enqueue($"{_story}\nThere is {what}.");
    }
}
