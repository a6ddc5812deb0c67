using System.Collections.Concurrent;

namespace Wink.Client;

/// <summary>
/// The applications that this process is rotating. Two rotations of one application at the same time would each revoke the credentials of
/// the other.
/// </summary>
internal sealed class RotationsInProgress(Uri api)
{
    // The whole process: an application may be rotated over several connections and in several runspaces.
    private static readonly ConcurrentDictionary<string, bool> InProgress = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Marks an application as being rotated, until the result is disposed; null where it is already.</summary>
    public IDisposable? TryEnter(ApplicationReference application)
    {
        var key = $"{api.Authority}/{application.ApplicationId}";
        return InProgress.TryAdd(key, true) ? new Entry(key) : null;
    }

    private sealed class Entry(string key) : IDisposable
    {
        public void Dispose() => InProgress.TryRemove(key, out _);
    }
}
