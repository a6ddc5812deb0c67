using System.IO.Pipelines;
using System.Text;

namespace Wink.Benchmarks;

/// <summary>A connection in memory: after any request, the response to a rotation can be read immediately.</summary>
internal sealed class CannedConnection : Stream
{
    private static int _connections;

    // A rotation makes a new client ID each time.
    private readonly byte[] _response = Response(
        $$"""{"id":"booking-engine","clientId":"client-{{Interlocked.Increment(ref _connections):x16}}",""" +
        "\"secretKey\":\"made-up-secret-0123456789abcdef\"}");
    private readonly Pipe _pipe = new();
    private readonly Stream _responses;

    public CannedConnection() => _responses = _pipe.Reader.AsStream();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await _pipe.Writer.WriteAsync(_response, cancellationToken);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _responses.ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static byte[] Response(string body) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
}
