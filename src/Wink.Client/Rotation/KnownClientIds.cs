using System.Collections.Concurrent;

namespace Wink.Client;

/// <summary>
/// The client IDs that this process has seen recently of each application, and since when. A rotation makes a new client ID: a response
/// with one that was seen before the request was sent comes from a cache. The whole process shares them, since an application may be
/// rotated over several connections.
/// </summary>
internal sealed class KnownClientIds(Uri api, TimeProvider time)
{
    /// <summary>So many of each application: caches do not keep older ones, and a process may run for a long time.</summary>
    private const int MaxCount = 16;

    private static readonly ConcurrentDictionary<string, Queue<(string ClientId, long SeenAt)>> SeenOf =
        new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The application that each client ID was first seen of.</summary>
    private static readonly ConcurrentDictionary<string, string> ApplicationOf = new();

    /// <summary>Remembers a client ID, unless it is null or known already.</summary>
    public void Add(ApplicationReference application, string? clientId)
    {
        if (clientId is null)
            return;

        var seen = IdsOf(application);
        lock (seen)
        {
            if (FirstSeen(seen, clientId) is not null)
                return;

            if (seen.Count == MaxCount)
                ApplicationOf.TryRemove(new KeyValuePair<string, string>(Key(seen.Dequeue().ClientId), application.ApplicationId));

            seen.Enqueue((clientId, time.GetTimestamp()));
            ApplicationOf.TryAdd(Key(clientId), application.ApplicationId);
        }
    }

    /// <summary>Whether the client ID was seen at or before <paramref name="moment"/>, a timestamp.</summary>
    public bool WasKnown(ApplicationReference application, string clientId, long moment)
    {
        var seen = IdsOf(application);
        lock (seen)
            return FirstSeen(seen, clientId) <= moment;
    }

    /// <summary>Whether the client ID was seen as that of another application.</summary>
    public bool IsOfAnother(ApplicationReference application, string clientId) =>
        ApplicationOf.TryGetValue(Key(clientId), out var owner) && !application.Has(owner);

    private static long? FirstSeen(Queue<(string ClientId, long SeenAt)> seen, string clientId)
    {
        foreach (var known in seen)
        {
            if (known.ClientId == clientId)
                return known.SeenAt;
        }

        return null;
    }

    private Queue<(string ClientId, long SeenAt)> IdsOf(ApplicationReference application) =>
        SeenOf.GetOrAdd(Key(application.ApplicationId), static _ => new());

    private string Key(string id) => $"{api.Authority}/{id}";
}
