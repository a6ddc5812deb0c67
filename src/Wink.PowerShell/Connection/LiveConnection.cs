using Wink.Client;

namespace Wink.PowerShell;

/// <summary>The part of a connection that sends requests, and the rotations that were made over it.</summary>
internal sealed class LiveConnection
{
    private readonly RotationHistory _runspaceHistory;

    /// <param name="client">The client that sends.</param>
    /// <param name="endpoints">The addresses that it sends to.</param>
    /// <param name="runspaceHistory">The history of the runspace that connected.</param>
    /// <param name="time">The source of the time.</param>
    public LiveConnection(WinkClient client, WinkEndpoints endpoints, RotationHistory runspaceHistory, TimeProvider time)
    {
        Client = client;
        Time = time;
        Completion = new CompletionCache(client, time);
        Endpoints = endpoints;
        _runspaceHistory = runspaceHistory;
    }

    public WinkClient Client { get; }

    public WinkEndpoints Endpoints { get; }

    public TimeProvider Time { get; }

    /// <summary>The lists that arguments are completed from.</summary>
    public CompletionCache Completion { get; }

    /// <summary>The rotations made over this connection, in whichever runspace.</summary>
    public RotationHistory History { get; } = new();

    /// <summary>True where this connection was made in the runspace of that history.</summary>
    public bool WasMadeIn(RotationHistory history) => _runspaceHistory == history;

    /// <summary>
    /// The histories that keep a rotation: that of the runspace that makes it, that of this connection, and that of the runspace that
    /// connected, which may live longer than a runspace that only uses the connection.
    /// </summary>
    /// <param name="history">The history of the runspace that makes the rotation.</param>
    public IEnumerable<RotationHistory> HistoriesFor(RotationHistory history) => new[] { history, History, _runspaceHistory }.Distinct();

    /// <summary>Removes rotations that were made over this connection from all histories that keep them.</summary>
    /// <param name="history">The history of the runspace that asks for it.</param>
    /// <param name="isMeant">Which rotations.</param>
    /// <returns>What was removed.</returns>
    public IReadOnlyCollection<CredentialRotation> Remove(RotationHistory history, Predicate<CredentialRotation> isMeant)
    {
        var removed = History.Remove(isMeant);
        foreach (var other in HistoriesFor(history))
            other.Remove(removed.Contains);

        return removed;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Endpoints.Name} ({Endpoints.Api.Authority})";
}
