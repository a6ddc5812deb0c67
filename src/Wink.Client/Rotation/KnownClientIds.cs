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
    private static readonly ConcurrentDictionary<string, string> ApplicationOf = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>When a rotation of each application was sent last, as a timestamp.</summary>
    private static readonly ConcurrentDictionary<string, long> SentAt = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Remembers a client ID that was read, unless it is null or known already.</summary>
    public void Add(ApplicationReference application, string? clientId) => Add(application, clientId, isReceived: false);

    /// <summary>
    /// Remembers a client ID that was received with its secret: as that of the application that the response names, if it names one.
    /// </summary>
    public void AddReceived(ApplicationReference application, string clientId, string? namedId = null) =>
        Add(Named(application, namedId), clientId, isReceived: true);

    /// <summary>Remembers that a rotation is sent now: a reading from before it says nothing afterwards.</summary>
    /// <returns>When that is, as a timestamp.</returns>
    public long AddSend(ApplicationReference application) => SentAt[Key(application.ApplicationId)] = time.GetTimestamp();

    /// <summary>Whether the client ID was seen at or before <paramref name="moment"/>, a timestamp.</summary>
    public bool WasKnown(ApplicationReference application, string clientId, long moment) =>
        Any(application, known => known.SeenAt <= moment && ClientIdReading.AreSame(known.ClientId, clientId));

    /// <summary>Whether this process received credentials with this client ID.</summary>
    public bool WasReceived(ApplicationReference application, string clientId) =>
        Any(application, known => known.IsReceived && ClientIdReading.AreSame(known.ClientId, clientId));

    /// <summary>Whether this process sent a rotation of the application at or after <paramref name="moment"/>, a timestamp.</summary>
    public bool WasSentSince(ApplicationReference application, long moment) =>
        SentAt.TryGetValue(Key(application.ApplicationId), out var sentAt) && sentAt >= moment;

    /// <summary>Whether the client ID was seen as that of another application.</summary>
    public bool IsOfAnother(ApplicationReference application, string clientId) =>
        ApplicationOf.TryGetValue(Key(clientId), out var owner) && !application.Has(owner);

    private static ApplicationReference Named(ApplicationReference application, string? id)
    {
        try
        {
            return string.IsNullOrWhiteSpace(id) || application.Has(id)
                ? application
                : new ApplicationReference(application.ManagingEntityId, id);
        }
        catch (ArgumentException)
        {
            // No application has such an id.
            return application;
        }
    }

    private void Add(ApplicationReference application, string? clientId, bool isReceived)
    {
        if (clientId is null)
            return;

        var queue = QueueOf(application);
        lock (queue)
        {
            if (queue.FirstOrDefault(known => ClientIdReading.AreSame(known.ClientId, clientId)) is { } known)
            {
                known.IsReceived |= isReceived;
                return;
            }

            if (queue.Count == MaxCount)
                ApplicationOf.TryRemove(new KeyValuePair<string, string>(Key(queue.Dequeue().ClientId), application.ApplicationId));

            queue.Enqueue(new Known(clientId, time.GetTimestamp()) { IsReceived = isReceived });
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

        /// <summary>True when it was received with its secret, and not only read.</summary>
        public bool IsReceived { get; set; }
    }
}
