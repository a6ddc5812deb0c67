using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Lists the managing entities that the signed-in application may see.</summary>
/// <remarks>
/// <para>
/// A managing entity, such as a hotel or a travel agent, owns applications. Pipe managing entities to Get-WinkApplication to see theirs.
/// </para>
/// <para>The objects come out as they arrive, however many there are.</para>
/// <note>Needs the scope account.read. Only what the signed-in application may see is listed.</note>
/// </remarks>
/// <example>
/// <title>All of them</title>
/// <code>Get-WinkManagingEntity</code>
/// <para>Shows id, name, kind and status of each.</para>
/// </example>
/// <example>
/// <title>Of one kind</title>
/// <code>Get-WinkManagingEntity -Type HOTEL</code>
/// <para>Wink itself selects them.</para>
/// </example>
/// <example>
/// <title>Down to the applications</title>
/// <code>Get-WinkManagingEntity | Get-WinkApplication</code>
/// <para>Lists the applications of all managing entities.</para>
/// </example>
/// <seealso cref="GetWinkApplicationCommand"/>
/// <seealso cref="ConnectWinkCommand"/>
/// <seealso>about_Wink</seealso>
[Cmdlet(VerbsCommon.Get, "WinkManagingEntity")]
[OutputType(typeof(WinkManagingEntity))]
public sealed class GetWinkManagingEntityCommand : ConnectedCmdlet
{
    /// <summary>Only managing entities of this kind, such as HOTEL or TRAVEL_AGENT. Tab completes the kinds that there are.</summary>
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
