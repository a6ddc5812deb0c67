using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>One run of the script block of -SaveWith.</summary>
/// <param name="block">The script block.</param>
/// <param name="variables">The variables that it sees.</param>
internal sealed class SaveAttempt(ScriptBlock block, List<PSVariable> variables)
{
    /// <summary>True when the block ran to its end.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The keyword that left the block before its end; null for none.</summary>
    public string? LeftBy { get; private set; }

    /// <summary>Runs the block. <c>break</c>, <c>continue</c> and <c>exit</c> end it, and not the loop or the process of the caller.</summary>
    public void Run()
    {
        try
        {
            block.InvokeWithContext(functionsToDefine: null, variables);
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
