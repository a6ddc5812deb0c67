using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Wink.Client;

/// <summary>
/// What this process knows of applications, by API host and application id. It is shared by all connections and runspaces: two rotations of
/// one application at the same time would each revoke the credentials of the other, a response with a client ID that was seen before the
/// request was sent comes from a cache, and credentials that this process received must not be revoked by a repeat.
/// </summary>
internal sealed class KnownApplications(Uri api, TimeProvider time)
{
    // One for each clock, since the timestamps of two cannot be compared. All connections but those of tests have that of the system.
    private static readonly ConditionalWeakTable<TimeProvider, ConcurrentDictionary<string, Memory>> Memories = [];

    private readonly Memory _memory = Memories.GetOrCreateValue(time).GetOrAdd(api.Authority, static _ => new Memory());

    /// <summary>Marks an application as being rotated, until the result is disposed; null where it is already.</summary>
    public IDisposable? TryEnter(ApplicationReference application) => Of(application).TryEnter();

    /// <summary>Remembers that a rotation is sent now: a reading from before it says nothing afterwards.</summary>
    /// <returns>When that is, as a timestamp.</returns>
    public long AddSend(ApplicationReference application)
    {
        var now = time.GetTimestamp();
        Of(application).AddSend(now);
        return now;
    }

    /// <summary>Whether this process sent a rotation of the application at or after <paramref name="moment"/>, a timestamp.</summary>
    public bool WasSentSince(ApplicationReference application, long moment) => Of(application).WasSentSince(moment);

    /// <summary>Remembers a client ID that was read, unless it is null or known already.</summary>
    public void Add(ApplicationReference application, string? clientId)
    {
        if (clientId is not null)
            Add(application, clientId, isReceived: false);
    }

    /// <summary>
    /// Remembers a client ID that was received with its secret: as that of the application that the response names, if it names one.
    /// </summary>
    public void AddReceived(ApplicationReference application, string clientId, string? namedId = null) =>
        Add(Named(application, namedId), clientId, isReceived: true);

    /// <summary>Whether the client ID was seen at or before <paramref name="moment"/>, a timestamp.</summary>
    public bool HadClientId(ApplicationReference application, string clientId, long moment) =>
        Of(application).HadClientId(clientId, moment);

    /// <summary>Remembers that a rotation gave the application this client ID, without a doubt.</summary>
    public void AddRotated(ApplicationReference application, string clientId, string? inUse) =>
        Of(application).AddRotated(clientId, inUse);

    /// <summary>
    /// Whether a rotation of this process gave the application another client ID since it had this one: a read that shows it lags.
    /// </summary>
    public bool IsReplaced(ApplicationReference application, string clientId) => Of(application).IsReplaced(clientId);

    /// <summary>Whether the client ID was ever seen of the application.</summary>
    public bool HadClientId(ApplicationReference application, string clientId) => HadClientId(application, clientId, long.MaxValue);

    /// <summary>Whether this process received credentials with this client ID.</summary>
    public bool WasReceived(ApplicationReference application, string clientId) => Of(application).WasReceived(clientId);

    /// <summary>Remembers that received credentials were saved.</summary>
    public void AddSaved(ApplicationReference application, string clientId) => Of(application).AddSaved(clientId);

    /// <inheritdoc cref="WinkClient.FindNewer"/>
    public (string ClientId, bool IsSaved)? FindNewer(
        ApplicationReference standby, ApplicationReference inUse, string clientIdInUse)
    {
        if (Of(standby).LastRotated() is not var (clientId, rotatedAt, isSaved, before) || Of(inUse).RotatedAt(clientIdInUse) > rotatedAt)
            return null;

        // Somebody else has rotated the application in use since, and put that into use, as another process that switched.
        var isNewer = before is not null && !ClientIdReading.AreSame(before, clientIdInUse);
        return isSaved && isNewer ? null : (clientId, isSaved);
    }

    /// <inheritdoc cref="WinkClient.DismissAll"/>
    public bool DismissAll(string applicationId) =>
        _memory.Applications.TryGetValue(applicationId, out var application) && application.Dismiss(clientId: null);

    /// <inheritdoc cref="WinkClient.Dismiss"/>
    public static void Dismiss(string applicationId, string clientId)
    {
        foreach (var (_, hosts) in Memories)
        {
            foreach (var memory in hosts.Values)
            {
                if (memory.Applications.TryGetValue(applicationId, out var application))
                    application.Dismiss(clientId);
            }
        }
    }

    /// <summary>Whether the client ID was seen as that of another application.</summary>
    public bool IsOfAnother(ApplicationReference application, string clientId) =>
        _memory.ApplicationOf.TryGetValue(clientId, out var owner) && !application.HasId(owner);

    private static ApplicationReference Named(ApplicationReference application, string? id)
    {
        try
        {
            return string.IsNullOrWhiteSpace(id) || application.HasId(id)
                ? application
                : new ApplicationReference(application.ManagingEntityId, id);
        }
        catch (ArgumentException)
        {
            // No application has such an id.
            return application;
        }
    }

    private void Add(ApplicationReference application, string clientId, bool isReceived)
    {
        if (Of(application).Add(clientId, isReceived, time.GetTimestamp()) is { } forgotten)
            _memory.ApplicationOf.TryRemove(new KeyValuePair<string, string>(forgotten, application.ApplicationId));

        _memory.ApplicationOf.TryAdd(clientId, application.ApplicationId);
    }

    private KnownApplication Of(ApplicationReference application) =>
        _memory.Applications.GetOrAdd(application.ApplicationId, static _ => new());

    /// <summary>What is known of the applications of one host.</summary>
    private sealed class Memory
    {
        public ConcurrentDictionary<string, KnownApplication> Applications { get; } = new(StringComparer.OrdinalIgnoreCase);

        /// <summary>The id of the application that each client ID was first seen of.</summary>
        public ConcurrentDictionary<string, string> ApplicationOf { get; } = new(StringComparer.OrdinalIgnoreCase);
    }
}
