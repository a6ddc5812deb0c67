using System.Collections.Concurrent;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>The lists that arguments are completed from, over one connection.</summary>
internal sealed class CompletionCache(WinkClient client, TimeProvider time)
{
    private readonly CachedList<ManagingEntity> _managingEntities =
        new(() => client.ListManagingEntitiesAsync(type: null, progress: null, CancellationToken.None), time);

    private readonly ConcurrentDictionary<string, CachedList<Application>> _applications = new();

    public IReadOnlyList<ManagingEntity> ManagingEntities => _managingEntities.Get();

    public IReadOnlyList<Application> ApplicationsOf(string managingEntityId) => _applications.GetOrAdd(
        managingEntityId,
        id => new(() => client.ListApplicationsAsync(id, progress: null, CancellationToken.None), time)).Get();
}
