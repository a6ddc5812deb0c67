using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>Runs the script block of -SaveWith inside the nested pipeline that counts its errors. The module does not export it.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "WinkSaveAttempt")]
internal sealed class InvokeSaveAttemptCommand : PSCmdlet
{
    /// <summary>The command, for a pipeline.</summary>
    public static readonly CmdletInfo Info = new("Invoke-WinkSaveAttempt", typeof(InvokeSaveAttemptCommand));

    /// <summary>
    /// Takes the records of these streams before they are shown: they may quote a secret. It names no variable, which would hide one of the
    /// caller's.
    /// </summary>
    private const string Merged = "& $args[0] -Attempt $args[1] -IsMerged 3>&1 4>&1 5>&1 6>&1 | & $args[2] -Attempt $args[1]";

    /// <summary>What to run.</summary>
    [Parameter(Mandatory = true)]
    public SaveAttempt? Attempt { get; set; }

    /// <summary>
    /// Whether the streams are merged, which takes a script. A transcript records what a nested script writes, but not what a nested
    /// command
    /// does. So the nested pipeline has this command, which runs the script, which runs this command again.
    /// </summary>
    [Parameter]
    public SwitchParameter IsMerged { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (IsMerged)
        {
            Attempt?.Run();
            return;
        }

        ScriptBlock.Create(Merged).InvokeWithContext(
            functionsToDefine: null, variablesToDefine: null, Info, Attempt, ShowSaveRecordCommand.Info);
    }
}
