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
    /// The credentials that were found in the HTTP body, unless the raw bytes have better ones: those that name the application.
    /// Credentials from raw bytes may be damaged, since HTTP has not checked them.
    /// </summary>
    /// <param name="found">The credentials that were found in the HTTP body.</param>
    /// <param name="find">Finds credentials in bytes, the best first.</param>
    /// <param name="application">The application that was to be rotated.</param>
    public IReadOnlyList<RotatedCredential> FindBetter(
        IReadOnlyList<RotatedCredential> found, FindCredentials find, ApplicationReference application)
    {
        lock (_gate)
        {
            if (_bytes is null || NameApplication(found))
                return found;

            var inBytes = find(_bytes.Written);
            if (!NameApplication(inBytes))
            {
                using var body = ContentCoding.Decode(Chunks.Join(_bytes.Written, Limit), [], Limit, out _);
                inBytes = find(body.Written) is { Count: > 0 } inBody ? inBody : inBytes;
            }

            return found.Count == 0 || NameApplication(inBytes)
                ? [.. inBytes.Select(credentials => credentials with { IsDamaged = true })]
                : found;
        }

        bool NameApplication(IReadOnlyList<RotatedCredential> credentials) =>
            credentials.Count > 0 && application.Has(credentials[0].ResponseApplicationId);
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
