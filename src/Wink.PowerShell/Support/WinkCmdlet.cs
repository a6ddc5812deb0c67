using System.Management.Automation;
using System.Management.Automation.Host;
using System.Runtime.ExceptionServices;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>A cmdlet whose network work is asynchronous, while only the pipeline's thread touches the cmdlet.</summary>
public abstract class WinkCmdlet : PSCmdlet, IProgress<WinkEvent>, IDisposable
{
    private readonly Pump _pump;
    private ExceptionDispatchInfo? _failedWrite;
    private ErrorRecord? _endingError;

    private protected WinkCmdlet() => _pump = new Pump(() =>
    {
        if (WhyItGoesOn is { } why)
            TellPerson(why);
    });

    /// <summary>True from the moment when the pipeline is being stopped; its streams are closed by then.</summary>
    internal bool IsStopping => _pump.IsStopping;

    /// <summary>True when an error or a line that couldn't be written is to end the pipeline as soon as nothing is under way.</summary>
    internal bool IsEnding => _endingError is not null || _failedWrite is not null;

    /// <summary>What a person who stops the pipeline is told when the work that is under way can't be given up.</summary>
    private protected virtual string? WhyItGoesOn => null;

    private bool StopsOnError =>
        (MyInvocation.BoundParameters.TryGetValue("ErrorAction", out var bound) ? bound : GetVariableValue("ErrorActionPreference")) is { } action &&
        LanguagePrimitives.TryConvertTo<ActionPreference>(action, out var preference) && preference == ActionPreference.Stop;

    /// <inheritdoc/>
    public void Dispose()
    {
        // A downstream Select-Object -First ends a cmdlet without StopProcessing, by Dispose alone.
        _pump.Dispose();
        OnDisposed();
        GC.SuppressFinalize(this);
    }

    /// <summary>Has an event written to the streams. Safe to call from any thread.</summary>
    void IProgress<WinkEvent>.Report(WinkEvent value) => _pump.Post(() => TryWrite(() => Write(value)));

    /// <summary>Starts work. <see cref="PumpWhile"/> writes what it reports.</summary>
    /// <param name="work">The work. It knows by itself until when it can be given up.</param>
    /// <param name="whenDone">Takes the ended task, on the pipeline's thread; also when the pipeline is being stopped, and then it may not write.</param>
    internal void Start<T>(Func<IProgress<WinkEvent>, CancellationToken, Task<T>> work, Action<Task<T>> whenDone) =>
        _pump.Start(cancellation => work(this, cancellation), whenDone);

    /// <summary>Says that something failed, on the stream that is open to it. An error that ends the pipeline waits for what is under way.</summary>
    internal void Fail(ErrorRecord error)
    {
        var text = $"{error.ErrorDetails.Message} {error.ErrorDetails.RecommendedAction}";
        if (IsStopping)
            TellPerson(text);
        else if (!StopsOnError)
            WriteError(error);
        else if (_endingError is null)
            _endingError = error;
        else
            TryWrite(() => WriteWarning(text));
    }

    /// <summary>Writes a line that says something about the work, and lets the work go on where it can't be written.</summary>
    internal void TryWrite(Action write)
    {
        if (_failedWrite is not null || IsStopping)
            return;

        try
        {
            write();
        }
        catch (RuntimeException failure)
        {
            _failedWrite = ExceptionDispatchInfo.Capture(failure);
        }
    }

    /// <summary>Says something on the host itself: what is left when the pipeline's streams are closed.</summary>
    internal void TellPerson(string text)
    {
        try
        {
            Host.UI.WriteLine($"{MyInvocation.MyCommand.Name}: {text}");
        }
        catch (Exception deaf) when (deaf is HostException or PSNotSupportedException or NotImplementedException)
        {
            // A host without a person.
        }
    }

    /// <summary>Is called when all work has ended.</summary>
    private protected virtual void OnDisposed()
    {
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _pump.Stop();

    /// <inheritdoc/>
    protected override void EndProcessing() => EndIfDue();

    /// <summary>Writes what work under way brings, as long as <paramref name="goesOn"/> says so.</summary>
    private protected void PumpWhile(Func<bool> goesOn) => _pump.RunWhile(goesOn);

    /// <summary>Writes what work under way has brought so far.</summary>
    private protected void PumpPending() => _pump.RunWhile(() => _pump.HasActions);

    /// <summary>Ends the pipeline, where an error or a line that couldn't be written is to end it.</summary>
    private protected void EndIfDue()
    {
        if (_endingError is { } error)
        {
            _endingError = null;
            WriteError(error);
        }

        _failedWrite?.Throw();
    }

    /// <summary>Runs <paramref name="work"/> and waits for its end, while what it reports is written to the streams.</summary>
    private protected T Await<T>(Func<IProgress<WinkEvent>, CancellationToken, Task<T>> work)
    {
        EndIfDue();
        Task<T>? done = null;
        Start(work, task => done = task);
        PumpWhile(() => done is null);
        try
        {
            return done!.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (IsStopping)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Runs work that finds one object after the other, and writes each to the pipeline as soon as it is found.</summary>
    /// <param name="work">The work. It is given up when nobody takes its objects any more.</param>
    private protected void AwaitEach(Func<Action<object>, IProgress<WinkEvent>, CancellationToken, Task> work) =>
        Await<object?>(async (log, cancellation) =>
        {
            await work(found => _pump.Post(() => WriteFound(found)), log, cancellation).ConfigureAwait(false);
            return null;
        });

    private void WriteFound(object found)
    {
        if (!IsStopping)
            WriteObject(found);
    }

    private void Write(WinkEvent happened)
    {
        switch (happened)
        {
            case SecretLost or DoubtSettled:
                WriteWarning(happened.ToString());
                break;
            case RetryWait wait:
                WriteProgress(new ProgressRecord(0, MyInvocation.MyCommand.Name, happened.ToString()) { SecondsRemaining = (int)wait.Duration.TotalSeconds });
                break;
            default:
                WriteDebug(happened.ToString());
                break;
        }
    }
}
