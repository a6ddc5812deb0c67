namespace Wink.Client;

/// <summary>
/// All that came over a rotation's connection, as it came. HttpClient throws away what it cannot read as HTTP, and the secret is shown only once.
/// Safe to share between threads: a read that HttpClient has abandoned may still end on another one.
/// </summary>
internal sealed class ResponseCopy : IDisposable
{
    /// <summary>The largest body, and as much again for headers and for what a transfer coding adds.</summary>
    private const int Limit = 2 * WireAnswer.LargestBody;

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

    /// <inheritdoc cref="RotationResponse.Find"/>
    public RotatedCredential? FindCredentials(string applicationId)
    {
        lock (_gate)
            return RotationResponse.Find(_bytes is null ? [] : _bytes.Written, applicationId);
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
