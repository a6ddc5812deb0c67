namespace Wink.Client;

/// <summary>Counts the requests of one kind that Wink's rate limit let through. Safe to share between threads.</summary>
internal sealed class LetThroughCount
{
    private long _letThrough;

    /// <summary>How many were let through so far.</summary>
    public long Value => Interlocked.Read(ref _letThrough);

    /// <summary>One more was let through.</summary>
    public void AddLetThrough() => Interlocked.Increment(ref _letThrough);
}
