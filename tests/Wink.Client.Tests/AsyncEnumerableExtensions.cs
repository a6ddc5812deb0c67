namespace Wink.Client.Tests;

internal static class AsyncEnumerableExtensions
{
    /// <summary>.NET 8 and 9 have none of their own.</summary>
    public static async Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> source, CancellationToken cancellation)
    {
        var list = new List<T>();
        await foreach (var item in source.WithCancellation(cancellation))
            list.Add(item);

        return list;
    }
}
