using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace Wink.PowerShell.HostTests;

/// <summary>The interface of a <see cref="TestHost"/>.</summary>
internal sealed class TestHostInterface(TestHost host) : PSHostUserInterface
{
    public override PSHostRawUserInterface? RawUI => null;

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        host.Captions.Enqueue(caption);
        host.Questions.Enqueue(message);
        if (host.Refusal is { } refusal)
            throw refusal;

        if (host.Answers.TryDequeue(out var answer))
            return answer;

        host.Asked.SetResult();
        // A test that fails before it answers must not hang.
        host.Interrupt.Wait(TimeSpan.FromMinutes(1));
        if (host.Answers.TryDequeue(out var late))
            return late;

        host.Interrupted.Set();
        throw host.InterruptedWith;
    }

    public override void WriteLine(string value)
    {
        host.Lines.Enqueue(value);
        if (host.CannotWrite)
            throw new InvalidOperationException("made-up broken host");
    }

    public override void WriteWarningLine(string message)
    {
        // Not of the stream, but told on the host: then it has the command's name before it.
        if (message.StartsWith("Invoke-Wink", StringComparison.Ordinal) || message.StartsWith("Switch-Wink", StringComparison.Ordinal))
            WriteLine(message);
        else if (host.CannotWarn)
            throw new InvalidOperationException("made-up broken host");
    }

    public override void Write(string value)
    {
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
    {
    }

    public override void WriteDebugLine(string message)
    {
    }

    public override void WriteErrorLine(string value)
    {
    }

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    public override void WriteVerboseLine(string message)
    {
    }

    public override string ReadLine() => throw new NotSupportedException();

    public override SecureString ReadLineAsSecureString() => throw new NotSupportedException();

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw new NotSupportedException();

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new NotSupportedException();

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) =>
        throw new NotSupportedException();
}
