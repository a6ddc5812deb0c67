using System.Collections;
using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// The script block of -SaveWith, which saves new credentials. They count as saved when it runs to its end, leaves no error record, and the
/// last exit code in it is 0. To be used on the pipeline's thread only.
/// </summary>
/// <remarks>
/// A nested pipeline counts the errors. The preferences of the caller do not decide: its $ErrorActionPreference does not reach functions of
/// script modules and native commands, and others of them keep an error silent or a command from doing anything.
/// </remarks>
internal sealed class SaveBlock
{
    private const string LastExitCode = "global:LASTEXITCODE";

    /// <summary>How long after the block's pipeline that of the cmdlet is stopped.</summary>
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(2);

    private readonly ScriptBlock _block;
    private readonly PSVariableIntrinsics _variables;
    private readonly PipelineOutput _output;
    private readonly SaveStreams _streams;
    private readonly Func<string, string> _removeSecrets;

    /// <param name="block">The script block.</param>
    /// <param name="cmdlet">The cmdlet that it was given to.</param>
    /// <param name="output">Shows what it writes to streams other than output and error.</param>
    /// <param name="removeSecrets">Removes known secrets from a text.</param>
    /// <exception cref="SessionStateUnauthorizedAccessException">A preference that saving needs is read-only.</exception>
    public SaveBlock(ScriptBlock block, PSCmdlet cmdlet, PipelineOutput output, Func<string, string> removeSecrets)
    {
        _block = block;
        _output = output;
        _variables = cmdlet.SessionState.PSVariable;
        _streams = new SaveStreams(cmdlet, output, removeSecrets);
        _removeSecrets = removeSecrets;
        // What cannot be set shows now, before anything is sent.
        using var preferences = new SavePreferences(_variables);
        preferences.Set();
    }

    /// <summary>Saves the credentials.</summary>
    /// <param name="rotation">The block's <c>$_</c>.</param>
    /// <returns>Why they are not saved, in words without secrets; null where they are.</returns>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped.</exception>
    public string? Save(CredentialRotation rotation)
    {
        var errors = _variables.GetValue("global:Error") as ArrayList;
        var newest = errors is { Count: > 0 } ? errors[0] : null;
        var exitCode = _variables.GetValue(LastExitCode);
        using var preferences = new SavePreferences(_variables);
        try
        {
            preferences.Set();
            _variables.Set(LastExitCode, 0);
            // A copy: the block may dispose its secret.
            return Run(new SaveAttempt(_block, preferences.VariablesFor(rotation.Copy()), _streams));
        }
        catch (PipelineStoppedException) when (!_output.WaitForStop(LongestStop) && Console.IsInputRedirected)
        {
            // PowerShell stops the nested pipeline first, and then this one. Where it does not, the block ended itself like that: a prompt
            // does where the input has ended. At a terminal, it is what Ctrl+C does at a prompt.
            return "It was stopped before its end.";
        }
        catch (Exception failure) when (failure is not PipelineStoppedException)
        {
            return Clean([failure.Message]);
        }
        finally
        {
            // The block's errors may quote the secret. What they say is reported without it.
            while (errors is { Count: > 0 } && errors[0] != newest)
                errors.RemoveAt(0);

            _variables.Set(LastExitCode, exitCode);
        }
    }

    /// <summary>A line of a native command's standard error, which also a command that succeeds may write.</summary>
    private static bool IsLine(ErrorRecord error) => error.FullyQualifiedErrorId is "NativeCommandError" or "NativeCommandErrorMessage";

    private string? Run(SaveAttempt attempt)
    {
        using var nested = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        nested.AddCommand(InvokeSaveAttemptCommand.Info).AddParameter(nameof(InvokeSaveAttemptCommand.Attempt), attempt);
        var thrown = Invoke(nested);
        ErrorRecord[] errors = [.. nested.Streams.Error, .. attempt.Redirected];
        // A nested pipeline that is stopped just ends.
        if (thrown is null && errors.Length == 0 && attempt is { IsComplete: false, LeftBy: null })
            throw new PipelineStoppedException();

        var problems = errors.Select(error => $"{error}").ToList();
        if (thrown is not null)
            problems.Add(thrown.Message);
        else if (attempt.LeftBy is { } left)
            problems.Add($"It was left by '{left}' before its end.");
        else if (errors.All(IsLine) && _variables.GetValue(LastExitCode) is int and not 0 and var exitCode)
            problems.Add($"The last exit code in it was {exitCode}.");
        else if (errors.All(IsLine))
            return null;

        return Clean(problems);
    }

    private static Exception? Invoke(System.Management.Automation.PowerShell nested)
    {
        try
        {
            PipelineContext.WithoutContext(() => nested.Invoke());
            return null;
        }
        catch (Exception failure) when (failure is not PipelineStoppedException)
        {
            return failure;
        }
    }

    private string Clean(IEnumerable<string> problems) =>
        TerminalText.OneLine(_removeSecrets(string.Join(" ", problems.Distinct(StringComparer.Ordinal)))) ?? "It failed without a message.";
}
