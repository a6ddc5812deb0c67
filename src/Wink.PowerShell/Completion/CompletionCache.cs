using System.Collections.Concurrent;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>The lists that arguments are completed from, over one connection.</summary>
internal sealed class CompletionCache
{
    /// <summary>One request for each would use up much of Wink's rate limit, which is needed for what the person does.</summary>
    private const int MaxManagingEntities = 10;

    private readonly WinkClient _client;
    private readonly TimeProvider _time;
    private readonly CachedList<ManagingEntity> _managingEntities;
    private readonly CachedList<Application> _allApplications;
    private readonly ConcurrentDictionary<string, CachedList<Application>> _applications = new();

    public CompletionCache(WinkClient client, TimeProvider time)
    {
        _client = client;
        _time = time;
        _managingEntities = new(() => client.ListManagingEntitiesAsync(type: null, progress: null, CancellationToken.None), time);
        _allApplications = new(ReadAllApplicationsAsync, time);
    }

    public IReadOnlyList<ManagingEntity> ManagingEntities => _managingEntities.Get();

    /// <summary>The applications of a managing entity; without one, of all, where these are few.</summary>
    public IReadOnlyList<Application> ApplicationsOf(string? managingEntityId) =>
        (managingEntityId is null ? _allApplications : _applications.GetOrAdd(managingEntityId, New)).Get();

    private CachedList<Application> New(string managingEntityId) => new(() => ReadApplicationsAsync(managingEntityId), _time);

    private IAsyncEnumerable<Application> ReadApplicationsAsync(string managingEntityId) =>
        _client.ListApplicationsAsync(managingEntityId, progress: null, CancellationToken.None);

    private async IAsyncEnumerable<Application> ReadAllApplicationsAsync()
    {
        var ids = new List<string>();
        await foreach (var entity in _client.ListManagingEntitiesAsync(type: null, progress: null, CancellationToken.None))
        {
            if (ResourceIdentifier.IsValid(entity.Id))
                ids.Add(entity.Id);
        }

        foreach (var id in ids.Count > MaxManagingEntities ? [] : ids)
        {
            foreach (var application in await ReadOrNoneAsync(id))
                yield return application;
        }
    }

    /// <summary>One that cannot be read must not hide the others.</summary>
    private async Task<IReadOnlyList<Application>> ReadOrNoneAsync(string managingEntityId)
    {
        var applications = new List<Application>();
        try
        {
            await foreach (var application in ReadApplicationsAsync(managingEntityId))
                applications.Add(application);
        }
        catch (WinkException)
        {
            // What arrived before is offered.
        }

        return applications;
    }
}
