using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Threading;

/// <summary>
/// A host whose person sits before a question and does not answer, until the test interrupts it. It keeps what it was told. The richer host
/// is TestHost of Wink.PowerShell.HostTests; this one is compiled by each PowerShell that runs the suite.
/// </summary>
public sealed class PromptingHost : PSHost
{
    private readonly PromptingInterface _interface = new PromptingInterface();

    public List<string> Lines { get { return _interface.Lines; } }
    public Exception InterruptedWith { get { return _interface.InterruptedWith; } set { _interface.InterruptedWith = value; } }
    public WaitHandle Asked { get { return _interface.Asked; } }
    public void Interrupt() { _interface.Interrupted.Set(); }
    public override CultureInfo CurrentCulture { get { return CultureInfo.InvariantCulture; } }
    public override CultureInfo CurrentUICulture { get { return CultureInfo.InvariantCulture; } }
    public override Guid InstanceId { get; } = Guid.NewGuid();
    public override string Name { get { return "PromptingHost"; } }
    public override PSHostUserInterface UI { get { return _interface; } }
    public override Version Version { get { return new Version(1, 0); } }
    public override void EnterNestedPrompt() { throw new NotSupportedException(); }
    public override void ExitNestedPrompt() { throw new NotSupportedException(); }
    public override void NotifyBeginApplication() { }
    public override void NotifyEndApplication() { }
    public override void SetShouldExit(int exitCode) { }

    private sealed class PromptingInterface : PSHostUserInterface
    {
        public readonly List<string> Lines = new List<string>();
        public Exception InterruptedWith = new PipelineStoppedException();
        public readonly ManualResetEvent Asked = new ManualResetEvent(false);
        public readonly ManualResetEvent Interrupted = new ManualResetEvent(false);

        public override PSHostRawUserInterface RawUI { get { return null; } }

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
        {
            Asked.Set();
            Interrupted.WaitOne();
            throw InterruptedWith;
        }

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
        {
            throw new NotSupportedException();
        }
        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName)
        {
            throw new NotSupportedException();
        }
        public override PSCredential PromptForCredential(
            string caption,
            string message,
            string userName,
            string targetName,
            PSCredentialTypes types,
            PSCredentialUIOptions options)
        {
            throw new NotSupportedException();
        }
        public override string ReadLine() { throw new NotSupportedException(); }
        public override SecureString ReadLineAsSecureString() { throw new NotSupportedException(); }
        public override void Write(string value) { }
        public override void Write(ConsoleColor foreground, ConsoleColor background, string value) { }
        public override void WriteDebugLine(string message) { }
        public override void WriteErrorLine(string value) { }
        public override void WriteLine(string value) { Lines.Add(value); }
        public override void WriteProgress(long sourceId, ProgressRecord record) { }
        public override void WriteVerboseLine(string message) { }
        // What a cmdlet tells on the host has its name before it; a warning of a stream has not.
        public override void WriteWarningLine(string message) { if (message.StartsWith("Invoke-Wink")) Lines.Add(message); }
    }
}
