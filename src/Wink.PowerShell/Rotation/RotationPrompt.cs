using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Asks the person whether an application is to be rotated, as -WhatIf and -Confirm say.</summary>
/// <param name="scope">What the steps of one rotation share.</param>
internal sealed class RotationPrompt(RotationScope scope)
{
    /// <summary>How long after the console's exception its Ctrl+C stops the pipeline.</summary>
    private static readonly TimeSpan LongestInterrupt = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether the person wants it. Where no person can answer, an error says so.</summary>
    /// <param name="application">The application as it was read.</param>
    /// <param name="isOwn">Whether the session is signed in as it; null where this cannot be told.</param>
    /// <param name="problem">Why it could not be read, in words; null where it was, or was not to be.</param>
    public bool Confirm(Application application, bool? isOwn, string? problem)
    {
        var old = TerminalText.OneLine(application.ClientId) is { } clientId ? $"client ID {clientId}" : "client ID not known";
        var owner = TerminalText.OneLine(application.OwnerName) is { } company ? $", owned by '{company}'" : "";
        var inUse = scope.Options.InUse is { } other ? ApplicationReference.Describe(other.Name, other.Id ?? "") : null;
        var warning = (inUse is null ? $"The old credentials ({old})" : $"Its old credentials ({old}), which nothing should use,") +
            " stop working immediately." +
            isOwn switch
            {
                true => " This session is signed in as this application, and continues with the new credentials.",
                false => "",
                null => " It cannot be told whether this session is signed in as this application.",
            } +
            (problem is null ? "" : $" The application could not be read: {problem}.");
        var what = $"Rotate the credentials of {(inUse is null ? "" : "the standby, ")}{scope.Application}{owner}" +
            $"{(owner.Length > 0 || inUse is not null ? "," : "")} in {scope.Options.Connection}. {warning}" +
            (inUse is null ? "" : $" Application {inUse} is in use, and is not touched.");
        var question = $"""
            Application:     {ApplicationReference.Describe(application.Name, scope.Application.ApplicationId)}
            Managing entity: {scope.Application.ManagingEntityId}{owner}
            Wink:            {scope.Options.Connection}
            {(inUse is null ? "" : $"In use:          {inUse}, which is not touched\n")}{warning}
            Continue?
            """;
        try
        {
            return scope.Output.ShouldProcess(
                what, question, inUse is null ? "Rotate credentials" : "Switch to the standby application");
        }
        catch (Exception failure) when (!PipelineOutput.IsEndOfPipeline(failure))
        {
            // A host may throw any exception. The console throws a null reference where its standard input has ended. It throws the
            // same at Ctrl+C, a moment before the pipeline is stopped: then a person was asked and has declined.
            if (!scope.Output.WaitForInterrupt(LongestInterrupt))
                scope.Output.WriteOrDeferError(WinkErrors.ConfirmationUnavailable(scope.Application, failure));

            return false;
        }
    }
}
