namespace Wink.Client;

/// <summary>
/// The plaintext stream of a connection. A request that has a <see cref="SendTicket"/> is written at most once, and its response is copied.
/// A rotation without a ticket is not written at all.
/// </summary>
/// <remarks>
/// HttpClient closes the connection at the first byte that it cannot read as HTTP, and after as many as it expects. The credentials may
/// be a moment behind. So a connection with a ticket stays open until the ticket is disposed, unless a read is under way: HttpClient
/// closes the connection to end it.
/// </remarks>
internal sealed class SendOnceStream(Stream connection) : Stream
{
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(5);

    private readonly object _gate = new();
    private SendTicket? _ticket;
    private bool _isReading;
    private bool _isClosed;

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
        BeginRead();
        try
        {
            var count = connection.Read(buffer);
            _ticket?.Response.Append(buffer[..count]);
            return count;
        }
        finally
        {
            EndRead();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _ticket is { } ticket ? ReadCopyingAsync(ticket, buffer, cancellationToken) : connection.ReadAsync(buffer, cancellationToken);

    public override void Flush() => connection.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>
    /// Reads what still arrives after HttpClient has stopped reading, until the server closes the connection or is silent for a second, for
    /// at most 5 s.
    /// </summary>
    public async Task ReadRestAsync(SendTicket ticket, TimeProvider time)
    {
        var buffer = GC.AllocateArray<byte>(4096, pinned: true);
        using var end = new CancellationTokenSource(LongestRest, time);
        try
        {
            int count;
            do
            {
                using var gap = new CancellationTokenSource(LongestGap, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(gap.Token, end.Token);
                count = await connection.ReadAsync(buffer, either.Token).ConfigureAwait(false);
                ticket.Response.Append(buffer.AsSpan(0, count));
            }
            while (count > 0);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Nothing more arrives.
        }
        finally
        {
            Array.Clear(buffer);
        }
    }

    /// <summary>Closes the connection.</summary>
    public void CloseConnection() => connection.Dispose();

    protected override void Dispose(bool disposing)
    {
        if (disposing && EndUse())
            connection.Dispose();

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadCopyingAsync(SendTicket ticket, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        BeginRead();
        try
        {
            var count = await connection.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            ticket.Response.Append(buffer.Span[..count]);
            return count;
        }
        finally
        {
            EndRead();
        }
    }

    private void BeginRead()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _isReading = true;
        }
    }

    private void EndRead()
    {
        lock (_gate)
            _isReading = false;
    }

    /// <returns>True when the connection is to be closed, too.</returns>
    private bool EndUse()
    {
        lock (_gate)
        {
            _isClosed = true;
            return _ticket is null || _isReading;
        }
    }

    private void ThrowUnlessAllowed(ReadOnlySpan<byte> request)
    {
        if (SendTicket.Current is { } ticket)
        {
            if (!ticket.TryClaim(this))
                throw new IOException("This request was written to another connection, or comes too late, so it is not written here.");

            _ticket = ticket;
        }
        else if (ApiPath.IsRotation(request))
        {
            throw new IOException("A rotation without a ticket is not written: nothing would keep it from being sent again.");
        }
    }
}
