using System.Collections;
using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// The script block of -SaveWith, which saves new credentials. They count as saved when it runs to its end and leaves no error record. To be
/// used on the pipeline's thread only.
/// </summary>
/// <remarks>
/// A nested pipeline counts the errors. The preferences of the caller do not decide: its $ErrorActionPreference does not reach functions of
/// script modules and native commands, and others of them keep an error silent or a command from doing anything.
/// </remarks>
/// <param name="block">The script block.</param>
/// <param name="cmdlet">The cmdlet that it was given to.</param>
/// <param name="output">Shows what it writes to streams other than output and error.</param>
/// <param name="removeSecrets">Removes known secrets from a text.</param>
internal sealed class SaveBlock(ScriptBlock block, PSCmdlet cmdlet, PipelineOutput output, Func<string, string> removeSecrets)
{
    /// <summary>Saves the credentials.</summary>
    /// <param name="rotation">The block's <c>$_</c>.</param>
    /// <returns>Why they are not saved, in words without secrets; null where they are.</returns>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped.</exception>
    public string? Save(CredentialRotation rotation)
    {
        using var preferences = new SavePreferences(cmdlet.SessionState.PSVariable);
        var errors = cmdlet.SessionState.PSVariable.GetValue("global:Error") as ArrayList;
        var newest = errors is { Count: > 0 } ? errors[0] : null;
        try
        {
            using var nested = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
            Forward(nested.Streams);
            var attempt = new SaveAttempt(block, preferences.VariablesFor(rotation));
            nested.AddCommand(InvokeSaveAttemptCommand.Info).AddParameter(nameof(InvokeSaveAttemptCommand.Attempt), attempt);
            var thrown = Invoke(nested);
            return Problem(nested.Streams.Error, thrown, attempt);
        }
        finally
        {
            // The block's errors may quote the secret. What they say is told without it.
            while (errors is { Count: > 0 } && errors[0] != newest)
                errors.RemoveAt(0);
        }
    }

    private static Exception? Invoke(System.Management.Automation.PowerShell nested)
    {
        try
        {
            PipelineContext.WithoutContext(() => nested.Invoke());
            return null;
        }
        catch (PipelineStoppedException)
        {
            throw;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    private string? Problem(IEnumerable<ErrorRecord> errors, Exception? thrown, SaveAttempt attempt)
    {
        var problems = errors.Select(error => $"{error}").ToList();
        if (thrown is not null)
            problems.Add(thrown.Message);
        else if (!attempt.IsComplete)
            problems.Add(attempt.LeftBy is { } left ? $"It was left by '{left}' before its end." : "It did not run to its end.");

        var text = string.Join(" ", problems.Distinct(StringComparer.Ordinal));
        return problems.Count == 0 ? null : TerminalText.OneLine(removeSecrets(text)) ?? "It failed without a message.";
    }

    /// <summary>What is not output or an error is shown like the cmdlet's own, so that the block can warn or report progress.</summary>
    private void Forward(PSDataStreams streams)
    {
        streams.Warning.DataAdded += (_, added) => output.WriteWarning(removeSecrets(streams.Warning[added.Index].Message));
        streams.Verbose.DataAdded += (_, added) => output.WriteVerbose(removeSecrets(streams.Verbose[added.Index].Message));
    }
}
