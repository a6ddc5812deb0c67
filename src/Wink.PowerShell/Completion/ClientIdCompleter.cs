using System.Collections;

namespace Wink.PowerShell;

/// <summary>Completes the client ID that an application has, once the application is given.</summary>
internal sealed class ClientIdCompleter : ConnectedCompleter
{
    private protected override IEnumerable<CompletionChoice?> Choices(CompletionCache lists, IDictionary boundParameters) =>
        Text(boundParameters, "ApplicationId") is { } id
            ? lists.ApplicationsOf(Text(boundParameters, "ManagingEntityId"))
                .Where(application => string.Equals(application.Id, id, StringComparison.OrdinalIgnoreCase))
                .Select(application => CompletionChoice.OfText(application.ClientId, application.Name))
            : [];
}
