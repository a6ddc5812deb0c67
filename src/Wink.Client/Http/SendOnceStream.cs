namespace Wink.Client;

/// <summary>
/// The plaintext stream of a connection. A request that has a <see cref="SendTicket"/> is written at most once, and its response is copied.
/// A rotation without a ticket is not written at all.
/// </summary>
internal sealed class SendOnceStream(Stream connection) : Stream
{
    private SendTicket? _ticket;

    public override bool CanRead => connection.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => connection.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ThrowUnlessAllowed(buffer);
        connection.Write(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowUnlessAllowed(buffer.Span);
        return connection.WriteAsync(buffer, cancellationToken);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var count = connection.Read(buffer);
        _ticket?.Response.Append(buffer[..count]);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _ticket is { } ticket ? ReadCopyingAsync(ticket, buffer, cancellationToken) : connection.ReadAsync(buffer, cancellationToken);

    public override void Flush() => connection.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            connection.Dispose();

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadCopyingAsync(SendTicket ticket, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await connection.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        ticket.Response.Append(buffer.Span[..count]);
        return count;
    }

    private void ThrowUnlessAllowed(ReadOnlySpan<byte> request)
    {
        if (SendTicket.Current is { } ticket)
        {
            if (!ticket.TryClaim(this))
                throw new IOException("This request was written to another connection and is not written a second time.");

            _ticket = ticket;
        }
        else if (ApiPath.IsRotation(request))
        {
            throw new IOException("A rotation without a ticket is not written: nothing would keep it from being sent again.");
        }
    }
}
