using System.Management.Automation;
using System.Management.Automation.Host;
using System.Runtime.ExceptionServices;

namespace Wink.PowerShell;

/// <summary>
/// Writes what a cmdlet reports: to the pipeline's streams while they are open, or else to the host. An error that is to end the pipeline,
/// or a line that could not be written, is deferred until nothing is in flight.
/// </summary>
internal sealed class PipelineOutput
{
    private readonly PSCmdlet _cmdlet;
    private readonly PipelineContext _context;
    private readonly List<string> _unwritten = [];
    private ExceptionDispatchInfo? _failedWrite;
    private string? _askedBy;
    private ErrorRecord? _deferredError;
    private bool _isWarningInterrupting;

    public PipelineOutput(PSCmdlet cmdlet, PipelineContext context)
    {
        _cmdlet = cmdlet;
        _context = context;
        Events = new EventWriter(cmdlet, context, this);
    }

    /// <summary>Writes what the client reports.</summary>
    public EventWriter Events { get; }

    /// <summary>True from the moment when the pipeline is being stopped; its streams are closed by then.</summary>
    public bool IsStopping => _context.IsStopping;

    /// <summary>True when an error, or a line that could not be written, is to end the pipeline as soon as nothing is in flight.</summary>
    public bool HasDeferredError => _deferredError is not null || _failedWrite is not null;

    /// <summary>True when it is to end by an error that says what was done so far: nobody could answer a question.</summary>
    public bool IsEndedByInquiry => _failedWrite is { SourceException: var failure } && !IsEndOfPipeline(failure);

    /// <inheritdoc cref="PipelineContext.Stopping"/>
    public CancellationToken Stopping => _context.Stopping;

    /// <summary>
    /// True when a person or a script stops the whole pipeline. False when only the next command takes no more objects.
    /// </summary>
    public bool IsInterrupted => _cmdlet.Stopping;

    /// <summary>The cmdlet's name.</summary>
    public string CommandName => _cmdlet.MyInvocation.MyCommand.Name;

    /// <summary>True for the exceptions that PowerShell ends a pipeline with, as after Stop, or after the choice Halt.</summary>
    public static bool IsEndOfPipeline(Exception failure) =>
        failure is PipelineStoppedException or ActionPreferenceStopException or FlowControlException;

    /// <summary>Whether a person or a script stops the whole pipeline within some time.</summary>
    public bool WaitForInterrupt(TimeSpan timeout) => SpinWait.SpinUntil(() => _cmdlet.Stopping, timeout);

    /// <summary>Stops the pipeline, as a person does.</summary>
    public void Stop() => _context.Stop();

    /// <summary>Whether the pipeline is stopped within some time.</summary>
    public bool WaitForStop(TimeSpan timeout) => SpinWait.SpinUntil(() => IsStopping, timeout);

    /// <summary>Writes an object to the pipeline.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped, or the next command takes no more.</exception>
    public void WriteObject(object value) => Call(() => _cmdlet.WriteObject(value));

    /// <summary>Asks the person, as -WhatIf and -Confirm say.</summary>
    public bool ShouldProcess(string description, string question, string caption) =>
        PipelineContext.WithoutContext(() => _cmdlet.ShouldProcess(description, question, caption));

    /// <summary>
    /// Reports a failure: as an error, or where that stream is closed or broken, as a warning or on the host. An error that ends the
    /// pipeline is deferred.
    /// </summary>
    public void WriteOrDeferError(ErrorRecord error)
    {
        if (IsStopping)
            WriteToHost(error);
        else if (!StreamPreference.Error.IsStop(_cmdlet))
            WriteErrorOrWarning(error);
        else if (_deferredError is null)
            _deferredError = error;
        else
            WriteWarning(TextOf(error));
    }

    /// <summary>Writes a warning, or where that stream is closed or broken, writes it to the host.</summary>
    public void WriteWarning(string text)
    {
        // A person who chose to halt is not asked again, and neither is a host that could not ask.
        var isOpen = !IsStopping && !HasRefused(StreamPreference.Warning);
        if (isOpen && TryWrite(StreamPreference.Warning, () => _cmdlet.WriteWarning(text)))
            return;

        // PowerShell writes a warning first, and then stops or asks.
        if (!isOpen || !StreamPreference.Warning.IsInterrupting(_cmdlet))
            WriteToHost(text);

        if (!_unwritten.Contains(text))
            _unwritten.Add(text);
    }

    /// <summary>
    /// Writes a warning from any thread, and tells whether to go on. Where PowerShell asks the person about it, or stops at it, it waits
    /// for that.
    /// </summary>
    public async Task<bool> WriteWarningAsync(string text, CancellationToken cancellationToken)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _context.Post(() =>
        {
            try
            {
                WriteWarning(text);
            }
            finally
            {
                written.SetResult();
            }
        });
        if (!_isWarningInterrupting)
            return true;

        // A person may never answer, and nothing may wait for that once the process is to end.
        await written.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested && !HasDeferredError && !IsStopping;
    }

    /// <summary>Writes a line to the debug stream. It is left out where that fails.</summary>
    public void WriteDebug(string text) => WriteOptional(StreamPreference.Debug, () => _cmdlet.WriteDebug(text));

    /// <summary>Writes a line to the verbose stream. It is left out where that fails.</summary>
    public void WriteVerbose(string text)
    {
        // With -Debug alone, PowerShell would ask whether to go on: no such line is worth a question.
        if (StreamPreference.Verbose.WhatAsks(_cmdlet) is null)
            WriteOptional(StreamPreference.Verbose, () => _cmdlet.WriteVerbose(text));
    }

    /// <summary>
    /// Writes a record to the information stream. It is open until a person or a script stops the whole pipeline: a record of what was done
    /// must not be missing where another line could not be written, or where the next command takes no more objects.
    /// </summary>
    public void WriteInformation(object record, string[] tags)
    {
        if (!IsInterrupted && !HasRefused(StreamPreference.Information))
            TryWrite(StreamPreference.Information, () => _cmdlet.WriteInformation(record, tags));
    }

    /// <summary>Writes a line to the host as the lines of a stream are written there. It is left out where that fails.</summary>
    public void WriteToHost(StreamPreference stream, Action<PSHostUserInterface> write) => WriteOptional(stream, () =>
    {
        if (_cmdlet.Host.UI is { } host)
            write(host);
    });

    /// <summary>
    /// Shows progress, also its end where the next command takes no more objects or has failed: that stream is open until a person or a
    /// script stops the whole pipeline.
    /// </summary>
    public void WriteProgress(ProgressRecord record)
    {
        if (!IsInterrupted && !HasRefused(StreamPreference.Progress))
            TryWrite(StreamPreference.Progress, () => _cmdlet.WriteProgress(record));
    }

    /// <summary>
    /// Writes to the host itself, as a warning looks there. It still works when the pipeline's streams are closed.
    /// </summary>
    public void WriteToHost(string text)
    {
        try
        {
            Call(() => _cmdlet.Host.UI.WriteWarningLine($"{CommandName}: {text}"));
        }
        catch (Exception)
        {
            // The host has no user interface, or it is broken. Neither may end what is in flight.
        }
    }

    /// <summary>Writes to the host what an error says, where none can be written.</summary>
    public void WriteToHost(ErrorRecord error) => WriteToHost(TextOf(error));

    /// <summary>Reads how the streams are shown. To be called on the pipeline's thread, before the first request.</summary>
    public void Prepare()
    {
        _isWarningInterrupting = StreamPreference.Warning.IsInterrupting(_cmdlet);
        Events.Prepare();
    }

    /// <summary>For a pipeline that ends in another way than by its deferred error: writes that error to the host.</summary>
    public void WriteDeferredErrorToHost()
    {
        if (_deferredError is { } error)
            WriteToHost(error);
    }

    /// <summary>Ends the pipeline by the deferred error, or by the line that could not be written, if there is one.</summary>
    /// <param name="soFar">What was done so far, in words; null where there is nothing to say.</param>
    public void ThrowDeferredError(string? soFar = null)
    {
        if (_deferredError is { } error)
        {
            _deferredError = null;
            // PowerShell ends a pipeline once only: after a warning that ended it, this would say nothing.
            if (_failedWrite is { SourceException: var first } && IsEndOfPipeline(first))
                WriteToHost(error);
            else
                Call(() => _cmdlet.WriteError(error));
        }

        if (_failedWrite is not { SourceException: var failure })
            return;

        if (IsEndOfPipeline(failure))
            _failedWrite.Throw();

        var end = WinkErrors.InquiryUnavailable(_askedBy, failure, soFar, _unwritten);
        // With the preference variable, PowerShell asks again about this error, and throws the host's exception in its place.
        if (StreamPreference.Error.WhatAsks(_cmdlet)?.StartsWith('$') == true)
            WriteToHost(end);

        Call(() => _cmdlet.ThrowTerminatingError(end));
    }

    private static string TextOf(ErrorRecord error) => error.ErrorDetails.Message.Replace('\n', ' ');

    private static void Call(Action call) => PipelineContext.WithoutContext<object?>(() =>
    {
        call();
        return null;
    });

    private void WriteErrorOrWarning(ErrorRecord error)
    {
        if (!HasRefused(StreamPreference.Error) && TryWrite(StreamPreference.Error, () => _cmdlet.WriteError(error)))
            return;

        var text = TextOf(error);
        // A script that catches the final error finds its first cause in it.
        if (_unwritten.Count == 0)
            _unwritten.Add(text);

        WriteWarning(text);
    }

    private bool HasRefused(StreamPreference stream) => _failedWrite is not null && stream.WhatAsks(_cmdlet) is not null;

    private void WriteOptional(StreamPreference stream, Action write)
    {
        if (_failedWrite is null && !IsStopping)
            TryWrite(stream, write);
    }

    /// <summary>Writes to a stream. PowerShell or the host may throw any exception here, and none may end what is in flight.</summary>
    private bool TryWrite(StreamPreference stream, Action write)
    {
        try
        {
            Call(write);
            return true;
        }
        catch (Exception failure)
        {
            if (_failedWrite is null)
            {
                _failedWrite = ExceptionDispatchInfo.Capture(failure);
                _askedBy = stream.WhatAsks(_cmdlet);
            }

            return false;
        }
    }
}
