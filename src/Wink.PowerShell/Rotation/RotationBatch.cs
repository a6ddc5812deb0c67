using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// The rotations of one pipeline, in the order of its input: at most -ThrottleLimit looked up ahead, at most as many in flight.
/// </summary>
internal sealed class RotationBatch : IProgress<WinkEvent>, IDisposable
{
    private readonly RotationOptions _options;
    private readonly PipelineContext _context;
    private readonly PipelineOutput _output;
    private readonly TerminationGuard _guard = new();
    private readonly StopRule _stopRule;
    private readonly SemaphoreSlim _ahead;
    private readonly BatchRoom _room;
    private readonly BatchProgress _progress;

    // Case is ignored: most ids are GUIDs, which some tools write in capitals. Rotating both would revoke the first new credentials.
    private readonly HashSet<string> _added = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<RotationInput> _postponed = [];
    private Task _previous = Task.CompletedTask;
    private int _written;

    /// <param name="options">What the person asked for.</param>
    /// <param name="context">The pipeline's thread.</param>
    /// <param name="output">The pipeline's streams and the host.</param>
    public RotationBatch(RotationOptions options, PipelineContext context, PipelineOutput output)
    {
        _options = options;
        _context = context;
        _output = output;
        _stopRule = new StopRule(output, _guard);
        _ahead = new SemaphoreSlim(options.ThrottleLimit);
        _room = new BatchRoom(options.ThrottleLimit, options.IsFirstAlone);
        _progress = new BatchProgress(options.Connection.Time, output.WriteProgress, context.Post);
        _guard.Terminating.Register(() => context.Post(ExplainWait));
    }

    /// <summary>What was done so far, in words, once nothing is in flight.</summary>
    private string SoFar => (_progress.HasFinished ? $"What was sent was awaited: {_progress.Counts}. " : "") +
        (_progress.HasRotated ? "New credentials are in Get-WinkCredentialRotation. " : "") +
        $"Nothing was sent for any {(_progress.HasFinished ? "other " : "")}application.";

    private string Saver => _options.Save is null ? "the next command" : "-SaveWith";

    /// <summary>Adds an application, unless it was added before.</summary>
    public void Add(RotationInput input)
    {
        // Whichever managing entity it is listed under.
        if (!_added.Add(input.Reference.ApplicationId))
        {
            Refuse(WinkErrors.RotationRepeated(input.Reference));
            return;
        }

        _progress.Added();
        Start(input, isLast: false);
    }

    /// <summary>Counts an input that is no application to rotate, and says why.</summary>
    public void Refuse(ErrorRecord error)
    {
        _progress.Refused();
        _output.WriteOrDeferError(error);
    }

    /// <summary>Runs what was added, as far as it comes without waiting.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped, and all rotations have ended.</exception>
    public void RunPending() => Run(_context.RunPending);

    /// <summary>Runs what was added, to its end.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped, and all rotations have ended.</exception>
    public void RunToEnd()
    {
        Run(_context.RunToEnd);
        _guard.AwaitEnd();
        ThrowDeferredError();
    }

    /// <summary>Runs all to its end: the pipeline has brought all applications.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped, and all rotations have ended.</exception>
    public void End()
    {
        _progress.HasAllInput();
        RunToEnd();
        foreach (var input in _postponed)
        {
            Start(input, isLast: true);
            RunToEnd();
        }

        _progress.Close();
        ThrowDeferredError();
        _written = 0;
    }

    /// <summary>Shows what the client reports. Safe to call from any thread.</summary>
    void IProgress<WinkEvent>.Report(WinkEvent value)
    {
        if (value is RotationInFlight rotation)
            _context.Post(() => _progress.Report(rotation));
        else if (value is RetryDelayed delay)
            _context.Post(() => Report(delay));
        else
            _output.Events.Report(value);
    }

    /// <summary>Tells the person on the host why the command has not ended yet, if rotations are in flight.</summary>
    public void ExplainWait()
    {
        if (_progress.InFlight.Count == 0)
            return;

        var inFlight = _progress.InFlight.Count == 1
            ? $"The rotation of {_progress.InFlight.First()}"
            : $"Each of {_progress.InFlight.Count} rotations";
        var timeout = _options.Connection.Client.Timeout;
        var awaited = $"{inFlight} may have reached Wink already, so its outcome is awaited: the response for at most " +
            $"{timeout.TotalSeconds:0} s, and if none comes, some seconds to find out what happened.";
        _output.WriteToHost(_guard.IsTerminating
            ? $"This process was told to end. {awaited} Nothing else is sent. " + (_options.Escrow is null
                ? $"Without -EscrowPath, new credentials that {Saver} does not save end with this process."
                : $"New credentials will be in escrow in '{_options.Escrow.Path}'.")
            : $"{awaited} New credentials will be in {_options.WhereKept}.");
    }

    public void Dispose()
    {
        // A command before it, or the binding of its input, has ended the pipeline.
        TellWhatCameOut();
        _progress.Dispose();
        _guard.Dispose();
        _ahead.Dispose();
        _stopRule.Dispose();
    }

    private void Report(RetryDelayed delay)
    {
        if (delay.Left > TimeSpan.Zero && !_progress.IsDelayed)
            _room.Shrink();

        _progress.Report(delay);
    }

    /// <summary>An error that ends the pipeline ends the bar, too.</summary>
    private void ThrowDeferredError()
    {
        if (_output.HasDeferredError)
        {
            _progress.Close();
            if (!_output.IsEndedByInquiry)
                TellWhatCameOut();
        }

        _output.ThrowDeferredError(SoFar);
    }

    /// <summary>Where the pipeline is cut short, PowerShell assigns nothing in $x = ..., and nobody must look there in vain.</summary>
    private void TellWhatCameOut()
    {
        if (_written == 0)
            return;

        _output.WriteToHost(
            $"Before the pipeline was ended, {_written} rotated {(_written == 1 ? "application" : "applications")} came out. A variable " +
            $"may not have them: all new credentials are in {_options.WhereKept}.");
        _written = 0;
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
            TellWhatCameOut();
            _progress.Close();
            throw;
        }
    }

    private void Start(RotationInput input, bool isLast)
    {
        var turn = new BatchTurn(input.Reference, isLast, _options.AsksFirst ? _previous : null, _ahead, _room, _progress);
        _previous = turn.Asked;
        var scope = new RotationScope(input, _options, _stopRule, _guard, _output, this);
        _context.Start(async () =>
        {
            using (turn)
            {
                if (await RotationRun.RunAsync(scope, turn) is { Failure: null } finished)
                {
                    // Once it is being stopped, each is told by itself.
                    _written += _output.IsStopping ? 0 : 1;
                    if (_options.IsProven(finished))
                        _room.Open();
                }
            }

            if (turn.IsPostponed)
                _postponed.Add(input);

            _stopRule.ApplyDeferredError();
        });
    }
}
