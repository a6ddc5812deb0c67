using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>Shows what the script block of -SaveWith writes, as soon as it comes. The module does not export it.</summary>
[Cmdlet(VerbsCommon.Show, "WinkSaveRecord")]
internal sealed class ShowSaveRecordCommand : PSCmdlet
{
    /// <summary>The command, for a pipeline.</summary>
    public static readonly CmdletInfo Info = new("Show-WinkSaveRecord", typeof(ShowSaveRecordCommand));

    /// <summary>What writes it.</summary>
    [Parameter(Mandatory = true)]
    public SaveAttempt? Attempt { get; set; }

    /// <summary>What was written.</summary>
    [Parameter(ValueFromPipeline = true)]
    public object? Record { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Attempt?.Show(Record is PSObject { BaseObject: var value } ? value : Record);
}
