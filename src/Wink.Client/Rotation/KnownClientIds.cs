using System.Collections.Concurrent;
using System.Diagnostics;

namespace Wink.Client;

/// <summary>
/// Which client IDs this process has seen, of which application, and since when. A rotation makes a new one: a response with one that was
/// seen before the request was sent comes from a cache. One for the process, as applications are rotated over several connections.
/// </summary>
internal sealed class KnownClientIds(Uri api)
{
    private static readonly ConcurrentDictionary<(string Api, string ApplicationId, string ClientId), long> FirstSeen = new();

    /// <summary>Remembers a client ID; nothing happens where none is given, or it is known already.</summary>
    public void Add(ApplicationReference application, string? clientId)
    {
        if (clientId is not null)
            FirstSeen.TryAdd(Key(application, clientId), Stopwatch.GetTimestamp());
    }

    /// <summary>Whether the client ID was seen before <paramref name="moment"/>, a timestamp of <see cref="Stopwatch"/>.</summary>
    public bool Knew(ApplicationReference application, string clientId, long moment) =>
        FirstSeen.TryGetValue(Key(application, clientId), out var seenAt) && seenAt < moment;

    private (string Api, string ApplicationId, string ClientId) Key(ApplicationReference application, string clientId) =>
        (api.Authority, application.ApplicationId.ToUpperInvariant(), clientId);
}
