namespace Wink.Client.Tests;

/// <summary>The body of a response, of the length that its head says.</summary>
internal sealed class SimulatedBody(Stream connection, byte[] first, int length) : UnseekableStream
{
    private int _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_read == length)
            return 0;

        if (buffer.Length > length - _read)
            buffer = buffer[..(length - _read)];

        int count;
        if (_read < first.Length)
        {
            count = Math.Min(buffer.Length, first.Length - _read);
            first.AsSpan(_read, count).CopyTo(buffer.Span);
        }
        else
        {
            count = await connection.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        if (count == 0)
            throw new HttpIOException(HttpRequestError.ResponseEnded);

        _read += count;
        return count;
    }
}
