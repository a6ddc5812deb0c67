using Wink.Client;

namespace Wink.PowerShell;

/// <summary>What a connection sends by, and what was made over it.</summary>
/// <param name="client">What sends.</param>
/// <param name="endpoints">Where it sends to.</param>
/// <param name="runspaceHistory">The history of the runspace that connected.</param>
internal sealed class LiveConnection(WinkClient client, WinkEndpoints endpoints, RotationHistory runspaceHistory)
{
    public WinkClient Client => client;

    /// <summary>What arguments are completed from.</summary>
    public CompletionCache Completion { get; } = new(client);

    /// <summary>The rotations made over this connection, in whichever runspace.</summary>
    public RotationHistory History { get; } = new();

    /// <summary>True where this connection was made in the runspace of that history.</summary>
    public bool IsOf(RotationHistory history) => runspaceHistory == history;

    /// <summary>
    /// Where a rotation is kept for the person who looks for it: with the runspace that makes it, with this connection, and with the runspace that
    /// connected, which outlives the runspaces that it lent the connection to.
    /// </summary>
    /// <param name="history">The history of the runspace that makes the rotation.</param>
    public IEnumerable<RotationHistory> HistoriesOf(RotationHistory history) => new[] { history, History, runspaceHistory }.Distinct();

    /// <inheritdoc/>
    public override string ToString() => $"{endpoints.Name} ({endpoints.Api.Authority})";
}
