using System.Collections;

namespace Wink.PowerShell;

/// <summary>Completes an application's name by its name or its id.</summary>
internal sealed class ApplicationNameCompleter : ConnectedCompleter
{
    private protected override IEnumerable<CompletionChoice?> Choices(CompletionCache lists, IDictionary boundParameters) =>
        lists.ApplicationsOf(Text(boundParameters, "ManagingEntityId"))
            .Select(application => CompletionChoice.OfName(application.Name, application.Id, application.ClientId));
}
