using System.Collections.Concurrent;

namespace Wink.Client;

/// <summary>Bytes that may hold a secret: pinned, so that the garbage collector leaves no copies, and cleared when disposed.</summary>
internal sealed class SecretBuffer : IDisposable
{
    private const int InitialSize = 4096;

    // Pinned memory is expensive: every few hundred new blocks cause a collection of the whole heap. So cleared ones are reused.
    private static readonly ConcurrentBag<byte[]> Spare = [];

    private byte[] _bytes = Spare.TryTake(out var spare) ? spare : Pinned(InitialSize);
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>The bytes as a stream; it is valid until the buffer changes.</summary>
    public MemoryStream OpenRead() => new(_bytes, 0, _length, writable: false);

    /// <summary>Adds the bytes, until <paramref name="limit"/> bytes are there.</summary>
    public void Append(ReadOnlySpan<byte> bytes, int limit)
    {
        while (!bytes.IsEmpty && _length < limit)
        {
            var room = Room(limit).Span;
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            bytes = bytes[count..];
            _length += count;
        }
    }

    /// <summary>
    /// Reads until the stream ends or <paramref name="limit"/> bytes are there; what was read stays when the stream fails. It reads byte by
    /// byte, since a decoder that finds a wrong checksum fails the whole read.
    /// </summary>
    public void Fill(Stream stream, int limit)
    {
        while (_length < limit && stream.Read(Room(limit).Span[..1]) is > 0 and var count)
            _length += count;
    }

    /// <summary>Reads until the stream ends or <paramref name="limit"/> bytes are there. What was read stays if the stream fails.</summary>
    public async Task FillAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        while (_length < limit)
        {
            var count = await stream.ReadAsync(Room(limit), cancellationToken).ConfigureAwait(false);
            if (count == 0)
                return;

            _length += count;
        }
    }

    public void Dispose()
    {
        Array.Clear(_bytes);
        if (_bytes.Length == InitialSize)
            Spare.Add(_bytes);

        _bytes = [];
        _length = 0;
    }

    private Memory<byte> Room(int limit)
    {
        if (_length == _bytes.Length)
            Grow();

        return _bytes.AsMemory(_length, Math.Min(_bytes.Length, limit) - _length);
    }

    private void Grow()
    {
        var larger = Pinned(_bytes.Length * 2);
        _bytes.CopyTo(larger, 0);
        Array.Clear(_bytes);
        _bytes = larger;
    }

    private static byte[] Pinned(int size) => GC.AllocateArray<byte>(size, pinned: true);
}
