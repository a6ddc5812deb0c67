using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>
/// Shows what the script block of -SaveWith writes to the streams for warnings, information and diagnostics, so that it can warn or report.
/// Known secrets are removed from it.
/// </summary>
/// <param name="cmdlet">The cmdlet that the block was given to.</param>
/// <param name="output">The streams of that cmdlet.</param>
/// <param name="removeSecrets">Removes known secrets from a text.</param>
internal sealed class SaveStreams(PSCmdlet cmdlet, PipelineOutput output, Func<string, string> removeSecrets)
{
    /// <summary>Shows one record. Anything else is output of the block, which is discarded.</summary>
    public void Show(object? record)
    {
        switch (record)
        {
            case WarningRecord warning:
                output.WriteWarning(removeSecrets(warning.Message));
                break;
            case InformationRecord information:
                output.WriteInformation(Clean(information.MessageData), [.. information.Tags]);
                break;
            // The block's own preference lets it come here. Where the cmdlet's does not show it, it goes to the host.
            case VerboseRecord verbose when StreamPreference.Verbose.IsSilent(cmdlet):
                output.WriteToHost(StreamPreference.Verbose, host => host.WriteVerboseLine(removeSecrets(verbose.Message)));
                break;
            case VerboseRecord verbose:
                output.WriteVerbose(removeSecrets(verbose.Message));
                break;
            case DebugRecord debug:
                output.WriteToHost(StreamPreference.Debug, host => host.WriteDebugLine(removeSecrets(debug.Message)));
                break;
        }
    }

    private object Clean(object data)
    {
        var text = $"{data}";
        var clean = removeSecrets(text);
        return clean == text ? data
            : data is HostInformationMessage { NoNewLine: var noNewLine, ForegroundColor: var color, BackgroundColor: var background }
                ? new HostInformationMessage
                {
                    Message = clean,
                    NoNewLine = noNewLine,
                    ForegroundColor = color,
                    BackgroundColor = background,
                }
            : clean;
    }
}
