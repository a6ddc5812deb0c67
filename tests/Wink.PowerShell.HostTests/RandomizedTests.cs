using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Wink.Client;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>
/// Random rotations in several runspaces over one connection, with faults, a second operator and stops, held against the server's truth.
/// WINK_RANDOM_ROTATIONS sets how many, WINK_RANDOM_SEED where they begin; a failure tells its story and the seed that repeats it.
/// </summary>
public sealed class RandomizedTests : HostTest
{
    private const int Runspaces = 8;
    private const int ApplicationCount = 24;
    private const string Nameless = """{"clientId":{clientId},"secretKey":{secretKey}}""";
    private const string Foreign = """{"id":"another","clientId":"client-of-another","secretKey":"made-up-secret"}""";

    private static readonly Dictionary<string, string> RetryAfter = new() { ["Retry-After"] = "1" };
    private static readonly int Count = Setting("WINK_RANDOM_ROTATIONS", 400);
    private static readonly int FirstSeed = Setting("WINK_RANDOM_SEED", 1);

    private readonly ConcurrentDictionary<string, byte> _busy = new();
    private readonly ConcurrentQueue<string> _failures = new();

    [Fact]
    public async Task Every_object_and_every_statement_is_true_and_nothing_that_was_received_is_lost()
    {
        NewBatch(ApplicationCount);
        await UseQuietTimeAsync();

        var seeds = new ConcurrentQueue<int>(Enumerable.Range(FirstSeed, Count));
        await Task.WhenAll(Enumerable.Range(0, Runspaces).Select(_ => Task.Factory.StartNew(
            () => RotateAll(seeds), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

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
        var theirs = new ConcurrentQueue<SandboxApplication>();
        var sent = Requests(id);
        var expected = random.Next(4) == 0;
        var fault = AddFaults(random, id, theirs, story);
        var script = $"Invoke-WinkCredentialRotation travel-tech {id} -Connection $wink -Confirm:$false" +
            (expected ? $" -ExpectedClientId {before.ClientId}" : "") + (random.Next(4) == 0 ? " -Verify" : "");
        using var pipeline = NewPipeline(script, host: null);
        var stops = random.Next(6) == 0;
        pipeline.Start();
        if (stops)
        {
            await Task.Delay(random.Next(60), TestContext.Current.CancellationToken);
            story.Append(" stopped;");
            await pipeline.StopIfRunningAsync();
        }
        else
        {
            await pipeline.RunAsync();
        }

        var requests = Requests(id) - sent;
        var after = Valid(id);
        story.Append(CultureInfo.InvariantCulture, $" {requests} sent;");
        foreach (var rotation in pipeline.Rotations)
        {
            story.Append(CultureInfo.InvariantCulture, $" object {rotation.ClientId};");
            Check(Issued(rotation, began), "an object with credentials that Wink did not make for this rotation");
            Check(IsKept(rotation), "an object that is not in the history");
            Check(!theirs.IsEmpty || rotation.ClientId == after.ClientId, "an object whose credentials are not valid");
        }

        foreach (var error in pipeline.Errors)
            CheckStatement(error.FullyQualifiedErrorId.Split(',')[0], (error.Exception as RotationOutcomeException)?.ClientId);

        var ours = Made(id, began).Count - theirs.Count;
        var mayRepeat = fault is { Status: null or >= 500 } && !expected;
        Check(ours <= (mayRepeat ? 2 : 1), "a repeat that the contract forbids");
        Check(requests <= (fault is null ? 1 : 2), "more requests than any rule allows");
        if (fault is null && ours == 1)
            Check(IsKept(after), "credentials that were received and are not kept");

        Sandbox.Faults.Clear(id);

        void CheckStatement(string error, string? clientId)
        {
            story.Append(CultureInfo.InvariantCulture, $" {error} {clientId};");
            var made = Made(id, began);
            switch (error)
            {
                case "RotationNotSent" or "UnexpectedClientId" or "RotationInProgress":
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

        void Check(bool holds, string what)
        {
            if (!holds)
                _failures.Enqueue($"{story}\nThere is {what}.");
        }
    }

    /// <summary>Adds what happens to this rotation.</summary>
    /// <returns>What happens to the request itself; null where its response arrives.</returns>
    private Fault? AddFaults(Random random, string id, ConcurrentQueue<SandboxApplication> theirs, StringBuilder story)
    {
        Action? meanwhile = random.Next(5) == 0 ? () => theirs.Enqueue(Sandbox.State.Rotate("travel-tech", id)!) : null;
        var moment = random.Next(2) == 0 ? FaultMoment.BeforeActing : FaultMoment.AfterActing;
        var plain = new Fault { Operation = Operation.Rotation, ApplicationId = id, Times = 1, Moment = moment, Meanwhile = meanwhile };
        var fault = random.Next(12) switch
        {
            0 => plain with { Close = true },
            1 => plain with { Reset = true },
            2 => plain with { Status = random.GetItems([500, 502, 503], 1)[0], Body = "<html>made-up gateway</html>" },
            3 => plain with { Status = random.GetItems([400, 403, 404, 410, 422], 1)[0], Body = "{}" },
            4 => plain with { Status = random.GetItems([402, 408, 409, 425, 499], 1)[0], Body = "{}" },
            5 => plain with { Status = 200, Body = Foreign },
            6 => plain with { Moment = FaultMoment.BeforeActing, Status = 429, Headers = RetryAfter },
            7 => plain with { Raw = "HTTP/1.1 2" },
            8 when moment == FaultMoment.AfterActing => plain with { Status = 200, Body = Nameless },
            _ => null,
        };
        if (fault is not null)
        {
            story.Append(CultureInfo.InvariantCulture, $" {fault.Moment} status {fault.Status} raw {fault.Raw} close {fault.Close}");
            story.Append(meanwhile is null ? ";" : " while somebody else rotates;");
            Sandbox.Faults.Add(fault);
        }

        var read = new Fault { Operation = Operation.Application, ApplicationId = id, Times = random.Next(1, 4) };
        var readFault = random.Next(10) switch
        {
            0 => read with { Status = 403 },
            1 => read with { Status = 200, Body = """{"id":"another","clientId":"client-of-another"}""" },
            2 => read with { Status = 200, Body = $$"""{"id":"{{id}}","clientId":" "}""" },
            3 => read with { DelayMs = 600 },
            _ => null,
        };
        if (readFault is not null)
        {
            story.Append(CultureInfo.InvariantCulture, $" {read.Times} reads with {readFault.Status} {readFault.Body};");
            Sandbox.Faults.Add(readFault);
        }

        return fault;
    }

    private SandboxApplication Valid(string id) => Sandbox.State.FindApplication("travel-tech", id)!;

    private IReadOnlyList<SandboxApplication> Made(string id, long since) => Sandbox.State.MadeSince(id, since);

    private int Requests(string id) =>
        Sandbox.Journal.Of(Operation.Rotation).Count(request => request.Target.Split('/')[5] == id);

    private bool Issued(CredentialRotation rotation, long since) => Sandbox.State.Issued(
        rotation.ApplicationId, rotation.ClientId, rotation.Credential.GetNetworkCredential().Password, since);

    private bool IsKept(CredentialRotation rotation) => Wink.Live!.History.Rotations.Any(kept => kept.ClientId == rotation.ClientId);

    private bool IsKept(SandboxApplication application) => Wink.Live!.History.Rotations.Any(kept =>
        kept.ClientId == application.ClientId && kept.Credential.GetNetworkCredential().Password == application.Secret);

    private static int Setting(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
