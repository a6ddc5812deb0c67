using System.Collections;

namespace Wink.PowerShell;

/// <summary>Completes a managing entity's name by its name or its id.</summary>
internal sealed class ManagingEntityNameCompleter : ConnectedCompleter
{
    private protected override IEnumerable<CompletionChoice?> Choices(CompletionCache lists, IDictionary boundParameters) =>
        lists.ManagingEntities.Select(entity => CompletionChoice.OfName(entity.Name, entity.Id, entity.Type, entity.Status));
}
