using System.Management.Automation;
using System.Runtime.ExceptionServices;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// What a cmdlet's work tells: to the pipeline's streams while they are open, else on the host. An error that is to end the pipeline, or a line
/// that could not be written, is deferred until nothing is in flight.
/// </summary>
internal sealed class PipelineOutput(PSCmdlet cmdlet, PipelineContext context) : IProgress<WinkEvent>
{
    private readonly List<string> _untold = [];
    private ExceptionDispatchInfo? _failedWrite;
    private string? _asker;
    private ErrorRecord? _deferredError;
    private bool? _isDebugSilent;

    /// <summary>True from the moment when the pipeline is being stopped; its streams are closed by then.</summary>
    public bool IsStopping => context.IsStopping;

    /// <summary>True when an error, or a line that could not be written, is to end the pipeline as soon as nothing is in flight.</summary>
    public bool HasDeferredError => _deferredError is not null || _failedWrite is not null;

    /// <inheritdoc cref="PipelineContext.Stopping"/>
    public CancellationToken Stopping => context.Stopping;

    /// <summary>True when a person, or the script around it, stops the pipeline: not only the next command has had enough.</summary>
    public bool IsStopped => cmdlet.Stopping;

    /// <summary>The cmdlet's name.</summary>
    public string CommandName => cmdlet.MyInvocation.MyCommand.Name;

    /// <summary>Whether the pipeline turns out to be stopped, within some time.</summary>
    public bool IsStoppedWithin(TimeSpan patience) => SpinWait.SpinUntil(() => cmdlet.Stopping, patience);

    /// <summary>Writes an object to the pipeline.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped, or the next command takes no more.</exception>
    public void WriteObject(object value) => Call(() => cmdlet.WriteObject(value));

    /// <summary>Asks the person, as -WhatIf and -Confirm say.</summary>
    public bool ShouldProcess(string description, string question, string caption) =>
        PipelineContext.Outside(() => cmdlet.ShouldProcess(description, question, caption));

    /// <summary>
    /// Says that something failed: as an error, or where that stream is closed or broken, in the next best place. An error that ends the pipeline
    /// is deferred.
    /// </summary>
    public void WriteOrDeferError(ErrorRecord error)
    {
        if (IsStopping)
            WriteToHost(TextOf(error));
        else if (!StreamPreference.Error.IsStop(cmdlet))
            WriteErrorOrWarning(error);
        else if (_deferredError is null)
            _deferredError = error;
        else
            WriteWarning(TextOf(error));
    }

    /// <summary>Writes a warning, or where that stream is closed or broken, writes it to the host.</summary>
    public void WriteWarning(string text)
    {
        // A person who was asked and chose to halt is not asked again; nor is a host that could not ask.
        var isOpen = !IsStopping && !HasRefused(StreamPreference.Warning);
        if (isOpen && TryWrite(StreamPreference.Warning, () => cmdlet.WriteWarning(text)))
            return;

        // PowerShell writes a warning first, and then stops or asks.
        if (!isOpen || !StreamPreference.Warning.IsInterrupting(cmdlet))
            WriteToHost(text);

        if (!_untold.Contains(text))
            _untold.Add(text);
    }

    /// <summary>Writes a line that may be missing.</summary>
    public void WriteVerbose(string text) => WriteOptional(StreamPreference.Verbose, () => cmdlet.WriteVerbose(text));

    /// <summary>Shows how far the work is.</summary>
    public void WriteProgress(ProgressRecord record) => WriteOptional(StreamPreference.Progress, () => cmdlet.WriteProgress(record));

    /// <summary>Tells the person on the host itself: what is left when the pipeline's streams are closed.</summary>
    public void WriteToHost(string text)
    {
        try
        {
            Call(() => cmdlet.Host.UI.WriteLine($"{CommandName}: {text}"));
        }
        catch (Exception)
        {
            // A host without a person, or one that is broken. Neither may end what is in flight.
        }
    }

    /// <summary>Has an event written to the streams. Safe to call from any thread.</summary>
    void IProgress<WinkEvent>.Report(WinkEvent value)
    {
        // The pipeline's thread is not woken for what would not be shown.
        if (value is not RequestCompleted || _isDebugSilent is false)
            context.Post(() => Write(value));
    }

    /// <summary>Finds out what will not be shown. To be called on the pipeline's thread, before the first request.</summary>
    public void Prepare() => _isDebugSilent ??= StreamPreference.Debug.IsSilent(cmdlet);

    /// <summary>The pipeline ends in another way than by the error that was to end it: the person is told that.</summary>
    public void WriteDeferredErrorToHost()
    {
        if (_deferredError is { } error)
            WriteToHost(TextOf(error));
    }

    /// <summary>Ends the pipeline by the deferred error, or the line that could not be written, if there is one.</summary>
    /// <param name="soFar">What has become of the work so far; null where there is nothing to say.</param>
    public void ThrowDeferredError(string? soFar = null)
    {
        if (_deferredError is { } error)
        {
            _deferredError = null;
            Call(() => cmdlet.WriteError(error));
        }

        if (_failedWrite is not { SourceException: var failure })
            return;

        if (IsEndOfPipeline(failure))
            _failedWrite.Throw();

        var end = WinkErrors.InquiryUnavailable(_asker, failure, soFar, _untold);
        // With the variable, PowerShell asks once more, about this end itself, and what the host throws then comes out in its place.
        if (StreamPreference.Error.WhatAsks(cmdlet)?.StartsWith('$') == true)
            WriteToHost(TextOf(end));

        Call(() => cmdlet.ThrowTerminatingError(end));
    }

    private static string TextOf(ErrorRecord error) => $"{error.ErrorDetails.Message} {error.ErrorDetails.RecommendedAction}".TrimEnd();

    /// <summary>True for what PowerShell itself ends a pipeline with, as after Stop, or after a person's answer Halt.</summary>
    private static bool IsEndOfPipeline(Exception failure) =>
        failure is PipelineStoppedException or ActionPreferenceStopException or FlowControlException;

    private static void Call(Action call) => PipelineContext.Outside<object?>(() =>
    {
        call();
        return null;
    });

    private void WriteErrorOrWarning(ErrorRecord error)
    {
        if (!HasRefused(StreamPreference.Error) && TryWrite(StreamPreference.Error, () => cmdlet.WriteError(error)))
            return;

        var text = TextOf(error);
        // A script that catches the end finds in it what began it.
        if (_untold.Count == 0)
            _untold.Add(text);

        WriteWarning(text);
    }

    private bool HasRefused(StreamPreference stream) => _failedWrite is not null && stream.WhatAsks(cmdlet) is not null;

    private void WriteOptional(StreamPreference stream, Action write)
    {
        if (_failedWrite is null && !IsStopping)
            TryWrite(stream, write);
    }

    /// <summary>Writes to a stream. PowerShell or the host may throw anything here, and none of it may end what is in flight.</summary>
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
                _asker = stream.WhatAsks(cmdlet);
            }

            return false;
        }
    }

    private void Write(WinkEvent happened)
    {
        switch (happened)
        {
            case SecretLost or DoubtSettled:
                WriteWarning(happened.ToString());
                break;
            case RetryDelayed delayed:
                WriteProgress(new ProgressRecord(0, CommandName, happened.ToString())
                {
                    SecondsRemaining = (int)delayed.Duration.TotalSeconds,
                });
                break;
            default:
                WriteOptional(StreamPreference.Debug, () => cmdlet.WriteDebug(happened.ToString()));
                break;
        }
    }
}
