namespace Wink.Client;

/// <summary>The right to write one request to one connection, once. It also holds what was received over that connection.</summary>
/// <remarks>
/// When a connection closes without a response, .NET sends a GET again up to three times, each on a new connection, and has no option to
/// prevent it. The ticket flows with the execution context of the request, and <see cref="SendOnceStream"/> asks it before each write: the
/// connection that writes first holds the ticket from then on, and every other one is refused. A ticket that no connection holds can be
/// invalidated, which proves that nothing was sent and nothing will be.
/// </remarks>
/// <param name="isInTime">
/// Whether the request may still be written. It is asked when a connection is about to write: making it may have taken long.
/// </param>
internal sealed class SendTicket(Func<bool> isInTime) : IDisposable
{
    private static readonly AsyncLocal<SendTicket?> Ambient = new();
    private static readonly object Invalidated = new();

    private object? _holder;

    /// <summary>The ticket of the request that the calling code works for, or null where the request may be repeated.</summary>
    public static SendTicket? Current => Ambient.Value;

    /// <summary>What was read from the connection that holds the ticket.</summary>
    public ResponseCopy Response { get; } = new();

    /// <summary>Attaches the ticket to everything that the calling async method does from here on.</summary>
    public void Attach()
    {
        if (ExecutionContext.IsFlowSuppressed())
            throw new InvalidOperationException("A ticket cannot flow where the execution context does not.");

        Ambient.Value = this;
    }

    /// <summary>True when it was invalidated since the request came too late to a connection.</summary>
    public bool HasExpired { get; private set; }

    /// <summary>True when <paramref name="connection"/> may write: it is the first one that asked, and it asked in time.</summary>
    public bool TryClaim(object connection)
    {
        if (Volatile.Read(ref _holder) is null && !isInTime() && TryInvalidate())
            HasExpired = true;

        return TryHold(connection);
    }

    /// <summary>True when nothing was written, and from now on nothing will be; false when a write has begun.</summary>
    public bool TryInvalidate() => TryHold(Invalidated);

    /// <summary>Reads what still arrives over the connection that holds the ticket, after HttpClient has stopped reading.</summary>
    public Task ReadRestAsync(TimeProvider time) =>
        Volatile.Read(ref _holder) is SendOnceStream connection ? connection.ReadRestAsync(this, time) : Task.CompletedTask;

    /// <summary>Closes the connection, and clears what was received.</summary>
    public void Dispose()
    {
        (Volatile.Read(ref _holder) as SendOnceStream)?.CloseConnection();
        Response.Dispose();
    }

    private bool TryHold(object holder) =>
        Interlocked.CompareExchange(ref _holder, holder, null) is var previous && (previous is null || previous == holder);
}
