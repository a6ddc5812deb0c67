using System.Collections;

namespace Wink.PowerShell;

/// <summary>Completes an argument with what Wink has, over the connection that the cmdlet would use, if there is one.</summary>
internal abstract class ConnectedCompleter : WinkCompleter
{
    private protected sealed override IEnumerable<CompletionChoice?> AllChoices(WinkConnection? named, IDictionary boundParameters) =>
        (named ?? CurrentConnection.Get())?.Live is { Client.IsSignedOut: false } connection
            ? Choices(connection.Completion, boundParameters)
            : [];

    /// <summary>All values that Wink has.</summary>
    private protected abstract IEnumerable<CompletionChoice?> Choices(CompletionCache lists, IDictionary boundParameters);
}
