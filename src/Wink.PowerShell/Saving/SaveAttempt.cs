using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>One run of the script block of -SaveWith.</summary>
/// <param name="block">The script block.</param>
/// <param name="variables">The variables that it sees.</param>
/// <param name="streams">Shows what it writes.</param>
internal sealed class SaveAttempt(ScriptBlock block, List<PSVariable> variables, SaveStreams streams)
{
    /// <summary>True when the block ran to its end.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The keyword that left the block before its end; null for none.</summary>
    public string? LeftBy { get; private set; }

    /// <summary>
    /// The errors that the block redirected to its output, as by <c>2&gt;&amp;1</c>. The rest of its output is discarded.
    /// </summary>
    public IReadOnlyList<ErrorRecord> Redirected { get; private set; } = [];

    /// <summary>Shows a record that the block wrote to a stream.</summary>
    public void Show(object? record) => streams.Show(record);

    /// <summary>
    /// Runs the block. <c>break</c>, <c>continue</c> and <c>exit</c> end it, and not the loop or the process of the caller.
    /// </summary>
    public void Run()
    {
        try
        {
            var written = block.InvokeWithContext(functionsToDefine: null, variables);
            Redirected = [.. written.Select(one => one?.BaseObject).OfType<ErrorRecord>()];
            IsComplete = true;
        }
        catch (FlowControlException failure) when (failure is BreakException or ContinueException or ExitException)
        {
            LeftBy = failure switch
            {
                BreakException => "break",
                ContinueException => "continue",
                _ => "exit",
            };
        }
    }
}
