using System.Collections;

namespace Wink.PowerShell;

/// <summary>Completes the kind of a managing entity, from those that there are.</summary>
internal sealed class ManagingEntityTypeCompleter : ConnectedCompleter
{
    private protected override IEnumerable<CompletionChoice?> Choices(CompletionCache lists, IDictionary boundParameters) =>
        lists.ManagingEntities.Select(entity => CompletionChoice.OfId(entity.Type, name: null));
}
