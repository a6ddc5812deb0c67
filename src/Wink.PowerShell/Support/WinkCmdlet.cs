using System.Management.Automation;
using System.Runtime.ExceptionServices;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>A cmdlet whose network work is asynchronous, while only the pipeline's thread touches the cmdlet.</summary>
public abstract class WinkCmdlet : PSCmdlet, IProgress<WinkEvent>, IDisposable
{
    private readonly PipelineContext _context;
    private readonly List<string> _untold = [];
    private ExceptionDispatchInfo? _failedWrite;
    private string? _asker;
    private ErrorRecord? _endingError;
    private bool? _isSilent;

    private protected WinkCmdlet() => _context = new PipelineContext(ExplainWait);

    /// <summary>True from the moment when the pipeline is being stopped; its streams are closed by then.</summary>
    internal bool IsStopping => _context.IsStopping;

    /// <summary>True when an error or a line that couldn't be written is to end the pipeline as soon as nothing is under way.</summary>
    internal bool IsEnding => _endingError is not null || _failedWrite is not null;

    /// <summary>What a person who stops the pipeline is told when the work that is under way can't be given up.</summary>
    private protected virtual string? WhyItGoesOn => null;

    /// <summary>What has become of the work so far, for an error that ends the pipeline before it is through.</summary>
    private protected virtual string? SoFar => null;

    /// <inheritdoc/>
    public void Dispose()
    {
        // A downstream Select-Object -First ends a cmdlet without StopProcessing, by Dispose alone.
        _context.Dispose();
        OnDisposed();
        GC.SuppressFinalize(this);
    }

    /// <summary>Has an event written to the streams. Safe to call from any thread.</summary>
    void IProgress<WinkEvent>.Report(WinkEvent value)
    {
        // The pipeline's thread is not woken for what nobody wants to see.
        if (value is not RequestCompleted || _isSilent is false)
            _context.Post(() => Write(value));
    }

    /// <summary>Starts work. <see cref="PumpWhile"/> writes what it reports.</summary>
    /// <param name="work">The work. It knows by itself until when it can be given up.</param>
    /// <param name="whenDone">Takes the ended task, on the pipeline's thread; also when the pipeline is being stopped, and then it may not write.</param>
    internal void Start<T>(Func<IProgress<WinkEvent>, CancellationToken, Task<T>> work, Action<Task<T>> whenDone)
    {
        _isSilent ??= StreamPreference.Debug.IsSilent(this);
        _context.Start(cancellation => work(this, cancellation), whenDone);
    }

    /// <summary>
    /// Says that something failed: as an error, or where that stream is closed or broken, in the next best place. An error that ends the pipeline
    /// waits for what is under way.
    /// </summary>
    internal void Fail(ErrorRecord error)
    {
        if (IsStopping)
            TellPerson(TextOf(error));
        else if (!StreamPreference.Error.IsStop(this))
            WriteOrTell(error);
        else if (_endingError is null)
            _endingError = error;
        else
            Warn(TextOf(error));
    }

    /// <summary>Writes a warning, or where that stream is closed or broken, tells it on the host.</summary>
    internal void Warn(string text)
    {
        // A person who was asked and chose to halt is not asked again; nor is a host that could not ask.
        var isOpen = !IsStopping && !HasRefused(StreamPreference.Warning);
        if (isOpen && TryWrite(StreamPreference.Warning, () => WriteWarning(text)))
            return;

        // PowerShell writes a warning first, and then stops or asks.
        if (!isOpen || !StreamPreference.Warning.IsInterrupting(this))
            TellPerson(text);

        if (!_untold.Contains(text))
            _untold.Add(text);
    }

    /// <summary>Writes a line that nobody misses, and lets the work go on where it cannot be written.</summary>
    /// <param name="stream">The stream that <paramref name="write"/> writes to.</param>
    /// <param name="write">Writes it.</param>
    internal void WriteLine(StreamPreference stream, Action write)
    {
        if (_failedWrite is null && !IsStopping)
            TryWrite(stream, write);
    }

    /// <summary>Says something on the host itself: what is left when the pipeline's streams are closed.</summary>
    internal void TellPerson(string text)
    {
        try
        {
            Host.UI.WriteLine($"{MyInvocation.MyCommand.Name}: {text}");
        }
        catch (Exception)
        {
            // A host without a person, or one that is broken. Neither may end what is under way.
        }
    }

    /// <summary>Is called when all work has ended.</summary>
    private protected virtual void OnDisposed()
    {
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _context.Stop();

    /// <inheritdoc/>
    protected override void EndProcessing() => EndIfDue();

    /// <summary>Has the person told why the work goes on although it is to end. Safe to call from any thread.</summary>
    private protected void PostExplanation() => _context.Post(ExplainWait);

    /// <summary>Writes what work under way brings, as long as <paramref name="goesOn"/> says so.</summary>
    private protected void PumpWhile(Func<bool> goesOn)
    {
        try
        {
            _context.RunWhile(goesOn);
        }
        catch
        {
            // The pipeline ends in another way than by the error that was to end it.
            if (_endingError is { } error)
                TellPerson(TextOf(error));

            throw;
        }
    }

    /// <summary>Writes what work under way has brought so far.</summary>
    private protected void PumpPending() => PumpWhile(() => _context.HasActions);

    /// <summary>Says that something failed while nothing is under way: an error that ends the pipeline ends it here.</summary>
    private protected void FailNow(ErrorRecord error)
    {
        Fail(error);
        EndIfDue();
    }

    /// <summary>Ends the pipeline, where an error or a line that couldn't be written is to end it.</summary>
    private protected void EndIfDue()
    {
        if (_endingError is { } error)
        {
            _endingError = null;
            WriteError(error);
        }

        if (_failedWrite is not { SourceException: var failure })
            return;

        if (IsEndOfPipeline(failure))
            _failedWrite.Throw();

        var end = WinkErrors.InquiryUnavailable(_asker, failure, SoFar, _untold);
        // With the variable, PowerShell asks once more, about this end itself, and what the host throws then comes out in its place.
        if (StreamPreference.Error.WhatAsks(this)?.StartsWith('$') == true)
            TellPerson(TextOf(end));

        ThrowTerminatingError(end);
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
        Await<object?>(async (progress, cancellation) =>
        {
            await work(found => _context.Post(() => WriteFound(found)), progress, cancellation).ConfigureAwait(false);
            return null;
        });

    private void ExplainWait()
    {
        if (WhyItGoesOn is { } why)
            TellPerson(why);
    }

    private void WriteFound(object found)
    {
        if (!IsStopping)
            WriteObject(found);
    }

    private static string TextOf(ErrorRecord error) => $"{error.ErrorDetails.Message} {error.ErrorDetails.RecommendedAction}".TrimEnd();

    /// <summary>True for what PowerShell itself ends a pipeline with, as after Stop, or after a person's answer Halt.</summary>
    private static bool IsEndOfPipeline(Exception failure) => failure is PipelineStoppedException or ActionPreferenceStopException or FlowControlException;

    private void WriteOrTell(ErrorRecord error)
    {
        if (!HasRefused(StreamPreference.Error) && TryWrite(StreamPreference.Error, () => WriteError(error)))
            return;

        var text = TextOf(error);
        // A script that catches the end finds in it what began it.
        if (_untold.Count == 0)
            _untold.Add(text);

        Warn(text);
    }

    private bool HasRefused(StreamPreference stream) => _failedWrite is not null && stream.WhatAsks(this) is not null;

    /// <summary>Writes to a stream. PowerShell or the host may throw anything here, and none of it may end what is under way.</summary>
    private bool TryWrite(StreamPreference stream, Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception failure)
        {
            if (_failedWrite is null)
            {
                _failedWrite = ExceptionDispatchInfo.Capture(failure);
                _asker = stream.WhatAsks(this);
            }

            return false;
        }
    }

    private void Write(WinkEvent happened)
    {
        switch (happened)
        {
            case SecretLost or DoubtSettled:
                Warn(happened.ToString());
                break;
            case RetryDelayed wait:
                var bar = new ProgressRecord(0, MyInvocation.MyCommand.Name, happened.ToString()) { SecondsRemaining = (int)wait.Duration.TotalSeconds };
                WriteLine(StreamPreference.Progress, () => WriteProgress(bar));
                break;
            default:
                WriteLine(StreamPreference.Debug, () => WriteDebug(happened.ToString()));
                break;
        }
    }
}
