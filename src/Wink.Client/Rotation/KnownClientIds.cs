using System.Collections.Concurrent;
using System.Diagnostics;

namespace Wink.Client;

/// <summary>
/// Which client IDs this process has seen of late, of which application, and since when. A rotation makes a new one: a response with one that was
/// seen before the request was sent comes from a cache. One for the process, as applications are rotated over several connections.
/// </summary>
internal sealed class KnownClientIds(Uri api)
{
    /// <summary>So many of each application: no cache goes further back, and a process may run for long.</summary>
    private const int Most = 64;

    private static readonly ConcurrentDictionary<(string Api, string ApplicationId), Queue<(string ClientId, long SeenAt)>> Seen = new();

    /// <summary>Remembers a client ID; nothing happens where none is given, or it is known already.</summary>
    public void Add(ApplicationReference application, string? clientId)
    {
        if (clientId is null)
            return;

        var seen = Of(application);
        lock (seen)
        {
            if (seen.Any(known => known.ClientId == clientId))
                return;

            if (seen.Count == Most)
                seen.Dequeue();

            seen.Enqueue((clientId, Stopwatch.GetTimestamp()));
        }
    }

    /// <summary>Whether the client ID was seen before <paramref name="moment"/>, a timestamp of <see cref="Stopwatch"/>.</summary>
    public bool Knew(ApplicationReference application, string clientId, long moment)
    {
        var seen = Of(application);
        lock (seen)
            return seen.Any(known => known.ClientId == clientId && known.SeenAt < moment);
    }

    private Queue<(string ClientId, long SeenAt)> Of(ApplicationReference application) =>
        Seen.GetOrAdd((api.Authority, application.ApplicationId.ToUpperInvariant()), _ => new());
}
