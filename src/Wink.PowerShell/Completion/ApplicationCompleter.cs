using System.Collections;

namespace Wink.PowerShell;

/// <summary>Completes an application's id by its id or its name.</summary>
internal sealed class ApplicationCompleter : ConnectedCompleter
{
    private protected override IEnumerable<CompletionChoice?> Choices(CompletionCache lists, IDictionary boundParameters) =>
        lists.ApplicationsOf(Text(boundParameters, "ManagingEntityId"))
            .Select(application => CompletionChoice.OfId(application.Id, application.Name, application.ClientId));
}
