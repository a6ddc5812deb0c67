using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Lists the managing entities that the signed-in application may see.</summary>
[Cmdlet(VerbsCommon.Get, "WinkManagingEntity")]
[OutputType(typeof(WinkManagingEntity))]
public sealed class GetWinkManagingEntityCommand : ConnectedCmdlet
{
    /// <summary>Only those of this kind, such as HOTEL.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ManagingEntityTypeCompleter))]
    public string? Type { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            Run(async (progress, cancellation) =>
            {
                await foreach (var entity in Live.Client.ListManagingEntitiesAsync(Type, progress, cancellation))
                    Output.WriteObject(new WinkManagingEntity(entity));
            });
        }
        catch (WinkException failure)
        {
            WriteErrorNow(WinkErrors.NotRead(failure, "managing entities", null));
        }
    }
}
