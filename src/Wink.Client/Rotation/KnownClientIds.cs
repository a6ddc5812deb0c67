using System.Collections.Concurrent;

namespace Wink.Client;

/// <summary>
/// The client IDs that this process has seen recently of each application, since when, and which of them it received by a rotation. A
/// rotation makes a new client ID: a response with one that was seen before the request was sent comes from a cache, and credentials that
/// this process received must not be revoked by a repeat.
/// </summary>
internal sealed class KnownClientIds(Uri api, TimeProvider time)
{
    /// <summary>So many of each application: caches do not keep older ones, and a process may run for a long time.</summary>
    private const int MaxCount = 16;

    // The whole process shares them: an application may be rotated over several connections.
    private static readonly ConcurrentDictionary<string, Queue<Known>> KnownOf = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The application that each client ID was first seen of.</summary>
    private static readonly ConcurrentDictionary<string, string> ApplicationOf = new();

    /// <summary>Remembers a client ID that was read, unless it is null or known already.</summary>
    public void Add(ApplicationReference application, string? clientId) => Add(application, clientId, receivedAt: null);

    /// <summary>Remembers a client ID that was received with its secret.</summary>
    public void AddReceived(ApplicationReference application, string clientId) => Add(application, clientId, time.GetTimestamp());

    /// <summary>Whether the client ID was seen at or before <paramref name="moment"/>, a timestamp.</summary>
    public bool WasKnown(ApplicationReference application, string clientId, long moment) =>
        Any(application, known => known.SeenAt <= moment && ClientIdReading.AreSame(known.ClientId, clientId));

    /// <summary>Whether this process received credentials with this client ID.</summary>
    public bool WasReceived(ApplicationReference application, string clientId) =>
        Any(application, known => known.ReceivedAt is not null && ClientIdReading.AreSame(known.ClientId, clientId));

    /// <summary>Whether this process received new credentials of the application after <paramref name="moment"/>, a timestamp.</summary>
    public bool WasReceivedSince(ApplicationReference application, long moment) => Any(application, known => known.ReceivedAt > moment);

    /// <summary>Whether the client ID was seen as that of another application.</summary>
    public bool IsOfAnother(ApplicationReference application, string clientId) =>
        ApplicationOf.TryGetValue(Key(clientId), out var owner) && !application.Has(owner);

    private void Add(ApplicationReference application, string? clientId, long? receivedAt)
    {
        if (clientId is null)
            return;

        var queue = QueueOf(application);
        lock (queue)
        {
            if (queue.FirstOrDefault(known => ClientIdReading.AreSame(known.ClientId, clientId)) is { } known)
            {
                known.ReceivedAt ??= receivedAt;
                return;
            }

            if (queue.Count == MaxCount)
                ApplicationOf.TryRemove(new KeyValuePair<string, string>(Key(queue.Dequeue().ClientId), application.ApplicationId));

            queue.Enqueue(new Known(clientId, time.GetTimestamp()) { ReceivedAt = receivedAt });
            ApplicationOf.TryAdd(Key(clientId), application.ApplicationId);
        }
    }

    private bool Any(ApplicationReference application, Predicate<Known> isMeant)
    {
        var queue = QueueOf(application);
        lock (queue)
        {
            foreach (var known in queue)
            {
                if (isMeant(known))
                    return true;
            }
        }

        return false;
    }

    private Queue<Known> QueueOf(ApplicationReference application) =>
        KnownOf.GetOrAdd(Key(application.ApplicationId), static _ => new());

    private string Key(string id) => $"{api.Authority}/{id}";

    private sealed class Known(string clientId, long seenAt)
    {
        public string ClientId => clientId;

        /// <summary>When it was first seen, as a timestamp.</summary>
        public long SeenAt => seenAt;

        /// <summary>When it was first received with its secret, as a timestamp; null where it was only read.</summary>
        public long? ReceivedAt { get; set; }
    }
}
