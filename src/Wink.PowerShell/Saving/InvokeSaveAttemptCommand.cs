using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>Runs the script block of -SaveWith inside the nested pipeline that counts its errors. The module does not export it.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "WinkSaveAttempt")]
internal sealed class InvokeSaveAttemptCommand : PSCmdlet
{
    /// <summary>The command, for a pipeline.</summary>
    public static readonly CmdletInfo Info = new("Invoke-WinkSaveAttempt", typeof(InvokeSaveAttemptCommand));

    /// <summary>What to run.</summary>
    [Parameter(Mandatory = true)]
    public SaveAttempt? Attempt { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Attempt?.Run();
}
