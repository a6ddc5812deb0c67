namespace Wink.Client;

/// <summary>
/// All that came over a rotation's connection, as it came. HttpClient throws away what it cannot read as HTTP, and the secret is shown only once.
/// Safe to share between threads: a read that HttpClient has abandoned may still end on another one.
/// </summary>
internal sealed class ResponseCopy : IDisposable
{
    /// <summary>The largest body, and as much again for headers and for what a transfer coding adds.</summary>
    private const int Limit = 2 * ApiResponse.LargestBody;

    private readonly object _gate = new();
    private SecretBuffer? _bytes = new();

    /// <summary>True when a byte of a response was read.</summary>
    public bool HasBegun { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            HasBegun |= !bytes.IsEmpty;
            _bytes?.Append(bytes, Limit);
        }
    }

    /// <summary>Finds credentials in bytes, the best first.</summary>
    public delegate IReadOnlyList<RotatedCredential> FindCredentials(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// The credentials that were found by way of HTTP, unless the bytes themselves have better ones: those that name the application. What HTTP
    /// did not vouch for may be damaged.
    /// </summary>
    /// <param name="found">What was found by way of HTTP.</param>
    /// <param name="find">Finds credentials in bytes, the best first.</param>
    /// <param name="application">The application that was to be rotated.</param>
    public IReadOnlyList<RotatedCredential> FindBetter(
        IReadOnlyList<RotatedCredential> found, FindCredentials find, ApplicationReference application)
    {
        lock (_gate)
        {
            if (_bytes is null || NameIt(found))
                return found;

            var inBytes = find(_bytes.Written);
            if (!NameIt(inBytes))
            {
                using var body = ContentCoding.Decode(Chunks.Join(_bytes.Written, Limit), [], Limit, out _);
                inBytes = find(body.Written) is { Count: > 0 } inBody ? inBody : inBytes;
            }

            return found.Count == 0 || NameIt(inBytes) ? [.. inBytes.Select(credentials => credentials with { IsDamaged = true })] : found;
        }

        bool NameIt(IReadOnlyList<RotatedCredential> credentials) => credentials.Count > 0 && application.Has(credentials[0].ResponseApplicationId);
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
