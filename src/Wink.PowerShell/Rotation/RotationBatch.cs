using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// The rotations of one pipeline, in the order of its input: at most -ThrottleLimit looked up ahead, at most as many in flight. No more are
/// sent after the first one that may have lost its credentials, or that could not write them to escrow.
/// </summary>
internal sealed class RotationBatch : IDisposable
{
    private readonly RotationOptions _options;
    private readonly PipelineContext _context;
    private readonly PipelineOutput _output;
    private readonly TerminationGuard _guard = new();
    private readonly SemaphoreSlim _ahead;
    private readonly SemaphoreSlim _room;
    private readonly RotationProgress _progress;
    private readonly CancellationTokenSource _lookUps;

    // Case is ignored: most ids are GUIDs, which some tools write in capitals. Rotating both would revoke the first new credentials.
    private readonly HashSet<string> _added = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<ApplicationReference> _inFlight = [];
    private Task _previous = Task.CompletedTask;
    private int _ended;
    private string? _stopReason;
    private bool _hasAllInput;

    /// <param name="options">What the person asked for.</param>
    /// <param name="context">The pipeline's thread.</param>
    /// <param name="output">The pipeline's streams and the host.</param>
    public RotationBatch(RotationOptions options, PipelineContext context, PipelineOutput output)
    {
        _options = options;
        _context = context;
        _output = output;
        _ahead = new SemaphoreSlim(options.ThrottleLimit);
        _room = new SemaphoreSlim(options.ThrottleLimit);
        _progress = new RotationProgress(output.CommandName, options.Connection.Time);
        _lookUps = CancellationTokenSource.CreateLinkedTokenSource(context.Stopping, _guard.Terminating);
        _guard.Terminating.Register(() => context.Post(ExplainWait));
    }

    /// <summary>Why no more rotations are sent; null while they may be.</summary>
    public string? StopReason => Volatile.Read(ref _stopReason);

    /// <summary>True as long as another rotation may be sent.</summary>
    public bool MaySend => StopReason is null && !_output.HasDeferredError && !_output.IsStopping && !_guard.IsTerminating;

    /// <summary>Is cancelled when an application need not be looked up any more.</summary>
    public CancellationToken LookUps => _lookUps.Token;

    /// <summary>The message for a person who stops the pipeline; null where nothing is in flight.</summary>
    public string? WaitExplanation => _inFlight.Count switch
    {
        0 => null,
        1 => Explain($"The rotation of {_inFlight.First()}"),
        var count => Explain($"Each of {count} rotations"),
    };

    /// <summary>What was done so far, in words, once nothing is in flight.</summary>
    private string SoFar => (_progress.HasCounted ? $"What was sent was awaited: {_progress.Counts}. " : "") +
        (_progress.HasRotated ? "New credentials are in the output and in Get-WinkCredentialRotation. " : "") +
        $"Nothing was sent for any {(_progress.HasCounted ? "other " : "")}application.";

    /// <summary>Adds an application, unless it was added before.</summary>
    /// <param name="reference">The application.</param>
    /// <param name="input">The input object of Get-WinkApplication, if it was one.</param>
    public void Add(ApplicationReference reference, WinkApplication? input)
    {
        // Whichever managing entity it is listed under.
        if (!_added.Add(reference.ApplicationId))
        {
            _output.WriteOrDeferError(WinkErrors.RotationRepeated(reference));
            return;
        }

        var turn = new BatchTurn(_previous, _ahead, _room);
        _previous = turn.Asked;
        _context.Start(() => RunAsync(new RotationRun(reference, input, _options, this, _output, _guard), turn));
    }

    /// <summary>Counts a rotation among those in flight.</summary>
    public void Started(ApplicationReference reference)
    {
        _inFlight.Add(reference);
        ShowProgress();
    }

    /// <summary>After some outcomes no more are sent. Safe to call from any thread: the pipeline's may be busy then.</summary>
    public void StopAfter(ApplicationReference reference, FinishedRotation finished)
    {
        var reason = finished switch
        {
            // What lost this response may lose the next ones, too.
            { Failure.Outcome: RotationOutcome.Unknown or RotationOutcome.SecretLost } =>
                $"the rotation of {reference} may have cost its credentials",
            { Failure: not null } => null,
            // What prevents this copy may prevent the next ones, too.
            { EscrowFailure: not null } =>
                $"the new credentials of application {reference.ApplicationId} could not be written to escrow",
            _ => null,
        };
        Interlocked.CompareExchange(ref _stopReason, reason, null);
    }

    /// <summary>Counts a rotation that was sent among those that have ended.</summary>
    public void Finished(ApplicationReference reference, FinishedRotation finished)
    {
        _inFlight.Remove(reference);
        _progress.Count(rotated: finished.Failure is null);
    }

    /// <summary>Removes a rotation that was cancelled before anything was sent.</summary>
    public void Cancelled(ApplicationReference reference) => _inFlight.Remove(reference);

    /// <summary>Runs what was added, as far as it comes without waiting.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped, and all rotations have ended.</exception>
    public void RunPending() => Run(_context.RunPending);

    /// <summary>Runs what was added, to its end.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped, and all rotations have ended.</exception>
    public void RunToEnd()
    {
        Run(_context.RunToEnd);
        if (_guard.IsTerminating)
            _guard.AwaitEnd();

        _output.ThrowDeferredError(SoFar);
    }

    /// <summary>Runs all to its end: the pipeline has brought all applications.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped, and all rotations have ended.</exception>
    public void End()
    {
        _hasAllInput = true;
        RunToEnd();
        if (_progress.End() is { } bar)
            _output.WriteProgress(bar);

        _output.ThrowDeferredError(SoFar);
    }

    public void Dispose()
    {
        _guard.Dispose();
        _ahead.Dispose();
        _room.Dispose();
        _lookUps.Dispose();
    }

    private void Run(Action run)
    {
        try
        {
            run();
        }
        catch
        {
            // The pipeline ends in another way than by its deferred error.
            _output.WriteDeferredErrorToHost();
            throw;
        }
    }

    private string Explain(string inFlight)
    {
        var timeout = _options.Connection.Client.Timeout;
        var awaited = $"{inFlight} may have reached Wink already, so its outcome is awaited, for {timeout.TotalSeconds:0} s at most.";
        if (!_guard.IsTerminating)
            return $"{awaited} New credentials will be in {_options.WhereKept}.";

        return $"This process was told to end. {awaited} Nothing else is sent. " + (_options.Escrow is null
            ? "Without -EscrowPath, new credentials that the next command does not save end with this process."
            : $"New credentials will be in escrow in '{_options.Escrow.Path}'.");
    }

    private void ExplainWait()
    {
        if (WaitExplanation is { } explanation)
            _output.WriteToHost(explanation);
    }

    private async Task RunAsync(RotationRun run, BatchTurn turn)
    {
        using (turn)
            await run.RunAsync(turn);

        _ended++;
        if (!MaySend)
            _lookUps.Cancel();

        ShowProgress();
    }

    private void ShowProgress()
    {
        var waiting = _added.Count - _inFlight.Count - _ended;
        if (_progress.Next(_added.Count, _inFlight.Count, waiting, _hasAllInput) is { } bar)
            _output.WriteProgress(bar);
    }
}
