namespace Wink.PowerShell;

/// <summary>A list that is read in the background and kept for a short time. A caller never waits long or sees a failure.</summary>
/// <param name="read">Reads the list.</param>
/// <param name="time">The source of the time.</param>
internal sealed class CachedList<T>(Func<IAsyncEnumerable<T>> read, TimeProvider time)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private Task<IReadOnlyList<T>>? _reading;
    private long _startedAt;

    /// <summary>The list, or an empty one where it has not been read yet. Reading continues, for the next call.</summary>
    public IReadOnlyList<T> Get()
    {
        var reading = Reading();
        return Task.WaitAny([reading], LongestWait) == 0 && reading.IsCompletedSuccessfully ? reading.Result : [];
    }

    private Task<IReadOnlyList<T>> Reading()
    {
        lock (_gate)
        {
            var isUsable = _reading is { IsCompleted: false } or { IsCompletedSuccessfully: true } &&
                time.GetElapsedTime(_startedAt) < Lifetime;
            if (_reading is null || !isUsable)
            {
                _startedAt = time.GetTimestamp();
                _reading = Task.Run(ReadAsync);
            }

            return _reading;
        }
    }

    private async Task<IReadOnlyList<T>> ReadAsync()
    {
        var list = new List<T>();
        await foreach (var element in read().ConfigureAwait(false))
            list.Add(element);

        return list;
    }
}
