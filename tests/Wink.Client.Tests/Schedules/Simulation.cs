using System.Net;

namespace Wink.Client.Tests;

/// <summary>Runs the client through a schedule, and holds what it did and said against the truth.</summary>
internal sealed class Simulation : IDisposable
{
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AgeOfReading = TimeSpan.FromSeconds(3);
    private static readonly Uri Host = new("http://127.0.0.1:1/");
    private static readonly ApplicationReference Target = new("travel-tech", ModelOfWink.Application);

    private readonly Schedule _schedule;
    private readonly Timeline _timeline = new();
    private readonly ModelOfWink _wink;
    private readonly List<string> _broken = [];
    private CancellationTokenSource _stop = new();
    private ProcessTime _process = null!;
    private string _signedIn = "";
    private WinkClient? _client;
    private ClientCredential? _newest;

    private Simulation(Schedule schedule, bool isTold)
    {
        _schedule = schedule;
        _wink = new ModelOfWink(_timeline, schedule, ClientTimeout) { Story = isTold ? [] : null };
        _wink.Stop = () => _stop.Cancel();
        _wink.Kill = () => _process.IsKilled = true;
    }

    /// <summary>Runs a schedule.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <returns>What happened; where a promise was broken, with its story.</returns>
    public static SimulationResult Run(Schedule schedule)
    {
        // Everything goes on where it is completed only where there is no context to go back to.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Rehearsal.EndAsync().GetAwaiter().GetResult();
            using var simulation = new Simulation(schedule, isTold: false);
            if (simulation.Run() is { Broken.Count: 0 } kept)
                return kept;

            using var told = new Simulation(schedule, isTold: true);
            return told.Run();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _stop.Dispose();
    }

    private SimulationResult Run()
    {
        StartProcess();
        for (var left = _schedule.Attempts; left > 0 && _broken.Count == 0; left--)
        {
            var attempt = RunAttempt();
            _broken.AddRange(Promises.FindBroken(attempt, _wink));
            if (_process.IsKilled)
            {
                StartProcess();
                left++;
            }
        }

        return new SimulationResult(_schedule, _broken, _wink);
    }

    private void StartProcess()
    {
        _client?.Dispose();
        _newest = null;
        _process = new ProcessTime(_timeline);
        var own = _wink.Valid(_schedule.Circumstance == Circumstance.OwnApplication ? ModelOfWink.Application : ModelOfWink.Operations);
        _signedIn = own.ClientId;
        var options = new WinkClientOptions
        {
            Endpoints = WinkEndpoints.Custom(Host, Host),
            Credential = CredentialOf(own),
            Time = _process,
            Timeout = ClientTimeout,
        };
        _client = new WinkClient(options, _ => new SimulatedPort(_timeline, _wink, _process));
    }

    private Attempt RunAttempt()
    {
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        var valid = _wink.Valid(ModelOfWink.Application);
        var reading = _schedule.Circumstance == Circumstance.ReadBefore
            ? new ClientIdReading(valid.ClientId, _process.GetTimestamp())
            : null;
        var attempt = new Attempt(_schedule.Circumstance, _process, _signedIn, _timeline.Now)
        {
            Given = reading is null ? null : (reading.ClientId, _timeline.Now),
        };
        if (reading is not null)
            Wait(AgeOfReading);

        var first = _wink.Exchanges.Count;
        var progress = new RecordingProgress();
        var rotation = _client!.RotateCredentialsAsync(Target, Parameters(attempt, reading, valid), progress, _stop.Token);
        var process = _process;
        var hasEnded = _timeline.RunUntil(() => rotation.IsCompleted || process.IsKilled, ContinuesElsewhere);

        attempt.EndedAt = _timeline.Now;
        attempt.Exchanges = [.. _wink.Exchanges.Skip(first)];
        attempt.Said.Add($"{progress}");
        if (!hasEnded)
            _broken.Add("the rotation never ends");
        else if (rotation.IsCompletedSuccessfully)
            attempt.Rotated = rotation.Result;
        else if (rotation.IsCompleted)
            attempt.Failure = rotation.Exception?.InnerException ?? new OperationCanceledException();

        _newest = attempt.Rotated?.Credential ?? _newest;
        _wink.Tell($"The client says: {attempt.Rotated?.ToString() ?? attempt.Failure?.Message ?? "nothing, as it was killed."}");
        return attempt;
    }

    private RotationParameters Parameters(Attempt attempt, ClientIdReading? reading, Issue valid)
    {
        var parameters = new RotationParameters { Reading = reading, KeepDoubtful = attempt.Doubtful.Add };
        return _schedule.Circumstance switch
        {
            Circumstance.NoRead => parameters with { MayRead = false },
            Circumstance.Expected => parameters with { ExpectedClientId = valid.ClientId },
            // As the cmdlet does.
            Circumstance.CurrentCredential => parameters with
            {
                ExpectedClientId = (_newest ?? CredentialOf(valid)).ClientId,
                CurrentCredential = _newest ?? CredentialOf(valid),
            },
            _ => parameters,
        };
    }

    private void Wait(TimeSpan time)
    {
        var isOver = false;
        _timeline.After(time, () => isOver = true);
        _timeline.RunUntil(() => isOver, ContinuesElsewhere);
    }

    /// <summary>A deadline that passes after the request was written goes on with on another thread.</summary>
    private bool ContinuesElsewhere(TimelineTimer timer) =>
        timer.Process is { IsKilled: false } &&
        (timer.IsOfOtherThread || timer.DueTime == ClientTimeout) &&
        _wink.Exchanges.Exists(exchange => exchange is { Kind: RequestKind.Rotation, IsOpen: true, Writes: > 0 });

    private static ClientCredential CredentialOf(Issue issue) =>
        new(issue.ClientId, new NetworkCredential("", issue.Secret).SecurePassword);
}
