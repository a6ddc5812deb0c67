using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Writes what the client reports to the streams that it is for. The client may report from any thread.</summary>
internal sealed class EventWriter(PSCmdlet cmdlet, PipelineContext context, PipelineOutput output) : IProgress<WinkEvent>
{
    private bool? _isDebugSilent;

    /// <summary>Reads how the streams are shown. To be called on the pipeline's thread, before the first request.</summary>
    public void Prepare() => _isDebugSilent ??= StreamPreference.Debug.IsSilent(cmdlet);

    /// <inheritdoc/>
    public void Report(WinkEvent value)
    {
        // An event that would not be shown must not wake the pipeline's thread.
        if (value is not RequestCompleted || _isDebugSilent is false)
            context.Post(() => Write(value));
    }

    private void Write(WinkEvent happened)
    {
        switch (happened)
        {
            case RepeatAnnounced or DoubtSettled:
                output.WriteWarning(happened.ToString());
                break;
            case RetryDelayed delayed:
                output.WriteProgress(new ProgressRecord(0, output.CommandName, happened.ToString())
                {
                    SecondsRemaining = (int)delayed.Left.TotalSeconds,
                    RecordType = delayed.Left > TimeSpan.Zero ? ProgressRecordType.Processing : ProgressRecordType.Completed,
                });
                break;
            default:
                output.WriteDebug(happened.ToString());
                break;
        }
    }
}
