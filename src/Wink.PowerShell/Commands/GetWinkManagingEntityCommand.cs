using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Lists the managing entities that the signed-in application may see.</summary>
/// <remarks>
/// <para>
/// A managing entity, such as a hotel or a travel agent, owns applications. Pipe managing entities to Get-WinkApplication to see theirs.
/// </para>
/// <para>The objects come out as they arrive, however many there are.</para>
/// <para>
/// A name without wildcards, or an id, that no managing entity has is an error ManagingEntityNotFound, once all of them were read.
/// </para>
/// <note>Needs the scope account.read. Only what the signed-in application may see is listed.</note>
/// </remarks>
/// <input cref="object">Any object with the property ManagingEntityId (or Id).</input>
/// <returns>The managing entities: Id, Name, Type, Status.</returns>
/// <example>
/// <title>All of them</title>
/// <code>Get-WinkManagingEntity</code>
/// <para>Shows id, name, kind and status of each.</para>
/// </example>
/// <example>
/// <title>By name</title>
/// <code>Get-WinkManagingEntity 'Travel*'</code>
/// <para>Those whose name begins with Travel.</para>
/// </example>
/// <example>
/// <title>Of one kind</title>
/// <code>Get-WinkManagingEntity -Type HOTEL</code>
/// <para>Wink itself selects them.</para>
/// </example>
/// <example>
/// <title>Down to the applications</title>
/// <code>Get-WinkManagingEntity 'Travel*' | Get-WinkApplication</code>
/// <para>Lists the applications of these managing entities.</para>
/// </example>
/// <seealso cref="GetWinkApplicationCommand"/>
/// <seealso cref="ConnectWinkCommand"/>
/// <seealso>about_Wink</seealso>
[Cmdlet(VerbsCommon.Get, "WinkManagingEntity")]
[OutputType(typeof(WinkManagingEntity))]
public sealed class GetWinkManagingEntityCommand : ConnectedCmdlet
{
    /// <summary>Only managing entities with one of these names. Wildcards are allowed; case doesn't matter. Tab completes it.</summary>
    [Parameter(Position = 0)]
    [TextListTransformation]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ManagingEntityNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Only managing entities with one of these ids. Tab completes it by id or name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [TextListTransformation(TakesManagingEntities = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ManagingEntityCompleter))]
    public string[]? ManagingEntityId { get; set; }

    /// <summary>Only managing entities of this kind, such as HOTEL or TRAVEL_AGENT. Tab completes the kinds that there are.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ManagingEntityTypeCompleter))]
    public string? Type { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var (names, ids) = (new NameSearch(Name), new IdSearch(ManagingEntityId));
        try
        {
            Run(async (progress, cancellation) =>
            {
                await foreach (var entity in Live.Client.ListManagingEntitiesAsync(Type, progress, cancellation))
                {
                    // Both are asked: what is said to be missing must be missing from all that were read.
                    if (ids.Finds(entity.Id) & names.Finds(entity.Name))
                        Output.WriteObject(new WinkManagingEntity(entity));
                }
            });
        }
        catch (WinkException failure)
        {
            WriteErrorNow(WinkErrors.NotRead(failure, "managing entities", null));
            return;
        }

        foreach (var name in names.NotFound)
            WriteErrorNow(WinkErrors.ManagingEntityNotFound(name, isName: true, Type));

        foreach (var id in ids.NotFound)
            WriteErrorNow(WinkErrors.ManagingEntityNotFound(id, isName: false, Type));
    }
}
