namespace Wink.Client.Tests;

/// <summary>A connection in memory, on which bytes arrive when the simulation says so.</summary>
internal sealed class SimulatedConnection(Timeline timeline, Action<SimulatedConnection> receive) : UnseekableStream
{
    private readonly Queue<byte> _arrived = new();
    private TaskCompletionSource<int>? _read;
    private Memory<byte> _buffer;
    private bool _hasEnded;
    private bool _isClosed;

    /// <summary>The process at its end was killed.</summary>
    public bool IsAbandoned { get; set; }

    public override void Write(ReadOnlySpan<byte> buffer) => receive(this);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);

        if (_arrived.Count > 0 || _hasEnded)
            return new(Take(buffer));

        // What goes on with it does so on the thread that completes it.
        var read = new TaskCompletionSource<int>();
        (_read, _buffer) = (read, buffer);
        return new(WaitAsync());

        async Task<int> WaitAsync()
        {
            using (cancellationToken.Register(() => timeline.Post(() => End(read, () => read.SetCanceled(cancellationToken)))))
                return await read.Task.ConfigureAwait(false);
        }
    }

    public void Arrive(ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
            _arrived.Enqueue(one);

        Complete();
    }

    /// <summary>The server closes it.</summary>
    public void End()
    {
        _hasEnded = true;
        Complete();
    }

    protected override void Dispose(bool disposing)
    {
        if (!_isClosed)
        {
            _isClosed = true;
            if (_read is { } read)
                timeline.Post(() => End(read, () => read.SetException(new IOException("The connection was closed here."))));
        }

        base.Dispose(disposing);
    }

    private void Complete()
    {
        if (_read is { } read && !IsAbandoned && !_isClosed)
            End(read, () => read.SetResult(Take(_buffer)));
    }

    private void End(TaskCompletionSource<int> read, Action complete)
    {
        if (_read != read || IsAbandoned)
            return;

        _read = null;
        complete();
    }

    private int Take(Memory<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _arrived.Count);
        for (var at = 0; at < count; at++)
            buffer.Span[at] = _arrived.Dequeue();

        return count;
    }
}
