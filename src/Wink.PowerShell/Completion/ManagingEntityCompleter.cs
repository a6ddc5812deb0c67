using System.Collections;

namespace Wink.PowerShell;

/// <summary>Completes a managing entity's id by its id or its name.</summary>
internal sealed class ManagingEntityCompleter : ConnectedCompleter
{
    private protected override IEnumerable<CompletionChoice?> Choices(CompletionCache lists, IDictionary boundParameters) =>
        lists.ManagingEntities.Select(entity => CompletionChoice.OfId(entity.Id, entity.Name, entity.Type, entity.Status));
}
