using System.IO.Pipelines;
using System.Text;
using Wink.Client.Tests;

namespace Wink.Benchmarks;

/// <summary>A connection in memory: after any request, the response to a rotation can be read immediately.</summary>
internal sealed class CannedConnection : UnseekableStream
{
    private static int _connections;

    // A rotation makes a new client ID each time.
    private readonly byte[] _response = Response(
        $$"""{"id":"booking-engine","clientId":"client-{{Interlocked.Increment(ref _connections):x16}}",""" +
        "\"secretKey\":\"made-up-secret-0123456789abcdef\"}");
    private readonly Pipe _pipe = new();
    private readonly Stream _responses;

    public CannedConnection() => _responses = _pipe.Reader.AsStream();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await _pipe.Writer.WriteAsync(_response, cancellationToken);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _responses.ReadAsync(buffer, cancellationToken);

    private static byte[] Response(string body) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
}
