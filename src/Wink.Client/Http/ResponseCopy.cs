namespace Wink.Client;

/// <summary>
/// All bytes that were received over a rotation's connection. HttpClient discards what it cannot read as HTTP, and the secret is shown only
/// once. Safe to share between threads: a read that HttpClient has abandoned may still complete on another thread.
/// </summary>
internal sealed class ResponseCopy : IDisposable
{
    /// <summary>The largest body, and as much again for headers and for what a transfer coding adds.</summary>
    private const int Limit = 2 * ApiResponse.LargestBody;

    private readonly object _gate = new();
    private SecretBuffer? _bytes = new();

    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _bytes?.Append(bytes, Limit);
        }
    }

    /// <summary>Finds credentials in bytes, the best first.</summary>
    public delegate IReadOnlyList<RotatedCredential> FindCredentials(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// The credentials in the bytes as they were received, or where those are not enough, in the body that they hold. They may be damaged,
    /// since HTTP has not checked them.
    /// </summary>
    /// <param name="find">Finds credentials in bytes, the best first.</param>
    /// <param name="isEnough">Whether nothing better needs to be found.</param>
    public IReadOnlyList<RotatedCredential> Find(FindCredentials find, Predicate<IReadOnlyList<RotatedCredential>> isEnough)
    {
        lock (_gate)
        {
            if (_bytes is null)
                return [];

            var found = find(_bytes.Written);
            if (!isEnough(found))
            {
                using var body = ContentCoding.Decode(Chunks.Join(_bytes.Written, Limit), [], Limit, out _);
                found = find(body.Written) is { Count: > 0 } inBody ? inBody : found;
            }

            return [.. found.Select(credentials => credentials with { IsDamaged = true })];
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _bytes?.Dispose();
            _bytes = null;
        }
    }
}
