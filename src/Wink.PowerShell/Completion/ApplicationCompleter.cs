using System.Collections;

namespace Wink.PowerShell;

/// <summary>Completes an application's id by its id or its name, once the managing entity is given.</summary>
internal sealed class ApplicationCompleter : ConnectedCompleter
{
    private protected override IEnumerable<CompletionChoice> Choices(CompletionCache lists, IDictionary boundParameters) =>
        boundParameters["ManagingEntityId"]?.ToString() is { Length: > 0 } managingEntityId
            ? lists.ApplicationsOf(managingEntityId)
                .Select(application => new CompletionChoice(application.Id, application.Name, application.ClientId))
            : [];
}
