using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Wink.Client;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>
/// Random rotations in several runspaces over one connection, with faults, a second operator and stops, held against the server's truth.
/// WINK_RANDOM_ROTATIONS sets how many, WINK_RANDOM_SEED where they begin; a failure tells its story and the seed that repeats it.
/// </summary>
public sealed partial class RandomizedTests : HostTestBase
{
    private const int Runspaces = 8;
    private const int ApplicationCount = 24;
    private const string Nameless = """{"clientId":{clientId},"secretKey":{secretKey}}""";
    private const string Foreign = """{"id":"another","clientId":"client-of-another","secretKey":"made-up-secret"}""";

    /// <summary>By so much the time may go on when it jumps.</summary>
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>How old the client ID may be that a rotation is judged by.</summary>
    private static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(5);

    /// <summary>How long a read takes at most here.</summary>
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(3);

    private static readonly int Count = Setting("WINK_RANDOM_ROTATIONS", 400);
    private static readonly int FirstSeed = Setting("WINK_RANDOM_SEED", 1);

    private readonly ConcurrentDictionary<string, byte> _busy = new();
    private readonly ConcurrentQueue<string> _failures = new();

    [Fact]
    public async Task Every_object_and_every_statement_is_true_and_nothing_that_was_received_is_lost()
    {
        // The sandbox remembers by this time when an application had which client ID.
        await UseQuietTimeAsync();
        NewBatch(ApplicationCount);

        var seeds = new ConcurrentQueue<int>(Enumerable.Range(FirstSeed, Count));
        await Task.WhenAll(Enumerable.Range(0, Runspaces).Select(_ => Task.Factory.StartNew(
            () => RotateAll(seeds), Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.True(_failures.IsEmpty, string.Join("\n\n", _failures));
    }

    private void RotateAll(ConcurrentQueue<int> seeds)
    {
        while (seeds.TryDequeue(out var seed) && _failures.Count < 3)
        {
            var random = new Random(seed);
            string application;
            do
                application = $"application-{random.Next(1, ApplicationCount + 1)}";
            while (!_busy.TryAdd(application, 0));

            try
            {
                RotateOneAsync(seed, random, application).GetAwaiter().GetResult();
            }
            finally
            {
                _busy.TryRemove(application, out _);
            }
        }
    }

    private async Task RotateOneAsync(int seed, Random random, string id)
    {
        var story = new StringBuilder().Append(CultureInfo.InvariantCulture, $"Seed {seed}, {id}:");
        var before = Valid(id);
        var began = Stopwatch.GetTimestamp();
        var startedAt = Time.GetUtcNow().UtcDateTime;
        var theirs = new ConcurrentQueue<SandboxApplication>();
        var sent = Requests(id).Count;
        var given = random.Next(6) switch
        {
            0 => $" -ExpectedClientId {before.ClientId}",
            1 => " -CurrentCredential $batch",
            _ => "",
        };
        story.Append(given);
        var faults = AddFaults(random, id, theirs, story);
        var script = $"Invoke-WinkCredentialRotation travel-tech {id} -Connection $wink -Confirm:$false" +
            given + (random.Next(4) == 0 ? " -Verify" : "");
        using var pipeline = NewPipeline(script, host: null, NewCredential(before.ClientId, before.Secret));
        var stops = random.Next(6) == 0;
        pipeline.Start();
        if (stops)
        {
            await Task.Delay(random.Next(60), Cancellation);
            story.Append(" stopped;");
            await pipeline.StopIfRunningAsync();
        }
        else
        {
            await pipeline.RunAsync();
        }

        var requests = Requests(id).Skip(sent).ToArray();
        var after = Valid(id);
        story.Append(CultureInfo.InvariantCulture, $" {requests.Length} sent;");
        foreach (var rotation in pipeline.Rotations)
        {
            story.Append(CultureInfo.InvariantCulture, $" object {rotation.ClientId};");
            Check(Issued(rotation, began), "an object with credentials that Wink did not make for this rotation");
            Check(IsKept(rotation), "an object that is not in the history");
            Check(!theirs.IsEmpty || rotation.ClientId == after.ClientId, "an object whose credentials are not valid");
            CheckTime("an object", rotation.ClientId, rotation.RotatedAt);
            CheckPrevious("an object", rotation.PreviousClientId);
        }

        foreach (var error in pipeline.Errors)
        {
            CheckStatement(ErrorId(error), (error.Exception as RotationOutcomeException)?.ClientId);
            if (error.Exception is RotationOutcomeException failure)
                CheckFailure(failure, $"{error}");
        }

        foreach (var record in pipeline.Streams.Information.Select(one => one.MessageData).OfType<RotationAuditRecord>())
        {
            CheckTime("an audit record", record.ClientId, record.At);
            CheckPrevious("an audit record", record.PreviousClientId);
        }

        var ours = Made(id, began).Count - theirs.Count;
        var followed = faults.TakeWhile(fault => fault.Status == 429 || (IsLost(fault) && given.Length == 0)).ToArray();
        Check(ours <= 1 + followed.Count(IsLost), "a repeat that the contract forbids");
        Check(requests.Length <= 1 + followed.Length, "more requests than any rule allows");
        if (faults.Count == 0 && ours == 1)
            Check(IsKept(after), "credentials that were received and are not kept");

        Sandbox.Faults.Clear(id);

        void CheckStatement(string error, string? clientId)
        {
            story.Append(CultureInfo.InvariantCulture, $" {error} {clientId};");
            var made = Made(id, began);
            switch (error)
            {
                case "RotationNotSent" or "UnexpectedClientId" or "RotationInProgress" or "CurrentCredentialRefused":
                    Check(made.Count == theirs.Count, $"{error}, but it took effect");
                    break;
                case "RotationRejected" or "RotationNotConfirmed":
                    Check(
                        clientId is null || clientId == before.ClientId || theirs.Any(one => one.ClientId == clientId),
                        $"{error} with a client ID that was not valid before it");
                    break;
                case "RotationSecretLost":
                    Check(made.Count > 0, "RotationSecretLost, but nothing changed");
                    break;
                case "RotationOutcomeUnknown" or "RotationNotVerified":
                    break;
                default:
                    Check(false, $"the error {error}");
                    break;
            }
        }

        // What it says of a moment was so at that moment.
        void CheckFailure(RotationOutcomeException failure, string text)
        {
            var name = $"{failure.Outcome}";
            // What was still so was so when the read was started. What else a read showed was so then or before it arrived.
            var isStill = failure.Outcome is RotationOutcome.Rejected or RotationOutcome.NotConfirmed;
            var longestRead = isStill ? TimeSpan.Zero : LongestRead;
            CheckTime(name, failure.ClientId, failure.At, longestRead);
            CheckPrevious(name, failure.PreviousClientId);
            // IAM tells it by the old credentials.
            if (failure is { Outcome: RotationOutcome.NotConfirmed, ClientId: null })
                CheckTime(name, failure.PreviousClientId, failure.At);

            var times = Times().Matches(text);
            Check(
                times.Count == (failure.ClientId is null && failure.Outcome != RotationOutcome.NotConfirmed ? 0 : 1),
                $"a time too many or too few in: {text}");
            foreach (Match time in times)
            {
                var second = failure.At.Date + TimeSpan.Parse(time.Groups["time"].Value, CultureInfo.InvariantCulture);
                var had = time.Groups["id"] is { Success: true, Value: var said } ? said : failure.PreviousClientId!;
                Check(
                    second <= failure.At && failure.At < second + Second &&
                        Sandbox.State.HadClientId(id, had, second, second + Second + longestRead),
                    $"something that was not so in: {text}");
            }
        }

        void CheckTime(string what, string? clientId, DateTime at, TimeSpan longestRead = default)
        {
            Check(at <= Time.GetUtcNow() && (requests.Length == 0 || requests[0].At <= at), $"{what} of {at:O}, which is not its time");
            Check(
                clientId is null || Sandbox.State.HadClientId(id, clientId, at - Resolution, at + Resolution + longestRead),
                $"{what} with client ID {clientId} at {at:O}, when the application had another one");
        }

        void CheckPrevious(string what, string? clientId) => Check(
            clientId is null || (requests.Length > 0
                ? Sandbox.State.HadClientId(id, clientId, requests[0].At - LongestAge, requests[^1].At)
                : Sandbox.State.HadClientId(id, clientId, startedAt, Time.GetUtcNow().UtcDateTime)),
            $"{what} with the previous client ID {clientId}, which the application did not have just before it was sent");

        void Check(bool holds, string what)
        {
            if (!holds)
                _failures.Enqueue($"{story}\nThere is {what}");
        }
    }

    /// <summary>Adds what happens to this rotation.</summary>
    /// <returns>What happens to its requests, in turn; none where its response arrives.</returns>
    private List<Fault> AddFaults(Random random, string id, ConcurrentQueue<SandboxApplication> theirs, StringBuilder story)
    {
        // Often enough the response is lost, the repeat fails in some way, and the reads fail from then on.
        var hasRepeat = random.Next(5) == 0;
        List<Fault> faults = hasRepeat ? [NewFault(0) with { Moment = FaultMoment.AfterActing, Meanwhile = null, DelayMs = 0 }] : [];
        while (faults.Count < 3 && random.Next(12) is < 9 and var kind)
            faults.Add(NewFault(kind));

        foreach (var fault in faults)
        {
            story.Append(CultureInfo.InvariantCulture, $" {fault.Moment} after {fault.DelayMs} ms status {fault.Status} raw {fault.Raw}");
            story.Append(CultureInfo.InvariantCulture, $" close {fault.Close}{(fault.Meanwhile is null ? ";" : " while they rotate;")}");
            Sandbox.Faults.Add(fault);
        }

        // The look-up, the read that shows the change, and the one just before the repeat.
        var letThrough = hasRepeat ? 3 : random.Next(5);
        if (letThrough > 0)
            Sandbox.Faults.Add(new Fault { Operation = Operation.Application, ApplicationId = id, Times = letThrough });

        var read = new Fault
        {
            Operation = Operation.Application,
            ApplicationId = id,
            Times = random.Next(1, 9),
            Meanwhile = random.Next(8) == 0 ? Rotate : null,
        };
        var readFault = random.Next(8) switch
        {
            0 => read with { Status = 403 },
            1 => read with { Status = 200, Body = """{"id":"another","clientId":"client-of-another"}""" },
            2 => read with { Status = 200, Body = $$"""{"id":"{{id}}","clientId":" "}""" },
            3 => read with { DelayMs = 600 },
            4 => read with { DelayMs = 2500, Times = 2 },
            5 => Late(read) with { Times = 1 },
            _ => null,
        };
        if (readFault is not null)
        {
            story.Append(CultureInfo.InvariantCulture, $" after {letThrough} reads {readFault.Times} with {readFault.Status}");
            story.Append(CultureInfo.InvariantCulture, $" {readFault.Body} after {readFault.DelayMs} ms;");
            Sandbox.Faults.Add(readFault);
        }

        return faults;

        void Rotate() => theirs.Enqueue(Sandbox.State.Rotate("travel-tech", id)!);

        // What it says was so when Wink read it, and has changed when it arrives.
        Fault Late(Fault fault) => fault with
        {
            Moment = FaultMoment.AfterActing,
            Afterwards = Rotate,
            DelayMs = 2500,
            Status = 200,
            ContentType = "application/json",
            Body = "{response}",
        };

        Fault NewFault(int kind)
        {
            var plain = new Fault
            {
                Operation = Operation.Rotation,
                ApplicationId = id,
                Times = 1,
                Moment = random.Next(2) == 0 ? FaultMoment.BeforeActing : FaultMoment.AfterActing,
                Meanwhile = random.Next(4) == 0 ? Rotate : null,
                DelayMs = random.Next(2) == 0 ? 2000 : 0,
            };
            return kind switch
            {
                0 => plain with { Close = true },
                1 => plain with { Reset = true },
                2 => plain with { Status = random.GetItems([500, 502, 503], 1)[0], Body = "<html>made-up gateway</html>" },
                3 or 4 => plain with { Status = random.GetItems([400, 403, 404, 410, 422], 1)[0], Body = "{}" },
                5 => plain with { Status = random.GetItems([402, 408, 409, 425, 499], 1)[0], Body = "{}" },
                6 => plain with { Status = 200, Body = plain.Moment == FaultMoment.AfterActing ? Nameless : Foreign },
                7 => (plain with { Moment = FaultMoment.BeforeActing }).AsRateLimited("1"),
                _ => plain with { Raw = "HTTP/1.1 2" },
            };
        }
    }

    /// <summary>After these a rotation may be repeated.</summary>
    private static bool IsLost(Fault fault) => fault.Status is null or >= 500;

    private SandboxApplication Valid(string id) => Sandbox.State.FindApplication("travel-tech", id)!;

    private IReadOnlyList<SandboxApplication> Made(string id, long since) => Sandbox.State.MadeSince(id, since);

    private IReadOnlyList<RecordedRequest> Requests(string id) =>
        [.. Sandbox.Journal.Of(Operation.Rotation).Where(request => request.Target.Split('/')[5] == id)];

    [GeneratedRegex(
        @"(client ID was still (?<id>\S+) at|no effect was seen by|[Aa] read at) (?<time>\d\d:\d\d:\d\d) UTC" +
        @"((: its client ID was still| showed client ID) (?<id>[^\s.]+))?")]
    private static partial Regex Times();

    private bool Issued(CredentialRotation rotation, long since) => Sandbox.State.Issued(
        rotation.ApplicationId, rotation.ClientId, rotation.Credential.GetNetworkCredential().Password, since);

    private bool IsKept(CredentialRotation rotation) => Wink.Live!.History.Rotations.Any(kept => kept.ClientId == rotation.ClientId);

    private bool IsKept(SandboxApplication application) => Wink.Live!.History.Rotations.Any(kept =>
        kept.ClientId == application.ClientId && kept.Credential.GetNetworkCredential().Password == application.Secret);
}
