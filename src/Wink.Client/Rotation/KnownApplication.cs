namespace Wink.Client;

/// <summary>
/// What this process knows of one application: whether it is being rotated, when a rotation was sent last, and which client IDs it has had
/// recently. Safe to share between threads.
/// </summary>
internal sealed class KnownApplication
{
    /// <summary>Caches do not keep older ones, and a process may run for a long time.</summary>
    private const int MaxClientIds = 16;

    private readonly Queue<Known> _clientIds = new();
    private bool _isInProgress;
    private long? _sentAt;

    /// <summary>Marks it as being rotated, until the result is disposed; null where it is already.</summary>
    public IDisposable? TryEnter()
    {
        lock (_clientIds)
        {
            if (_isInProgress)
                return null;

            _isInProgress = true;
            return new Entry(this);
        }
    }

    /// <summary>Remembers that a rotation is sent now.</summary>
    /// <param name="now">A timestamp.</param>
    public void AddSend(long now)
    {
        lock (_clientIds)
            _sentAt = now;
    }

    /// <summary>Whether a rotation was sent at or after <paramref name="moment"/>, a timestamp.</summary>
    public bool WasSentSince(long moment)
    {
        lock (_clientIds)
            return _sentAt >= moment;
    }

    /// <summary>Remembers a client ID, unless it is known already.</summary>
    /// <param name="clientId">The client ID.</param>
    /// <param name="isReceived">Whether it was received with its secret.</param>
    /// <param name="now">A timestamp.</param>
    /// <returns>The client ID that is forgotten for it, or null.</returns>
    public string? Add(string clientId, bool isReceived, long now)
    {
        lock (_clientIds)
        {
            if (Find(clientId) is { } known)
            {
                known.IsReceived |= isReceived;
                return null;
            }

            _clientIds.Enqueue(new Known(clientId, now) { IsReceived = isReceived });
            return _clientIds.Count > MaxClientIds ? _clientIds.Dequeue().ClientId : null;
        }
    }

    /// <summary>Whether the client ID was seen at or before <paramref name="moment"/>, a timestamp.</summary>
    public bool HadClientId(string clientId, long moment) =>
        Any(known => known.SeenAt <= moment && ClientIdReading.AreSame(known.ClientId, clientId));

    /// <summary>Remembers that a rotation gave it this client ID.</summary>
    /// <param name="clientId">The client ID, which was added before.</param>
    /// <param name="inUse">The client ID of the application that was in use, where this one was the standby; null otherwise.</param>
    public void AddRotated(string clientId, string? inUse)
    {
        lock (_clientIds)
        {
            if (Find(clientId) is { } known)
                (known.IsRotated, known.InUse) = (true, inUse);
        }
    }

    /// <summary>Whether a rotation of this process gave it another client ID since it had this one.</summary>
    public bool IsReplaced(string clientId)
    {
        lock (_clientIds)
        {
            return _clientIds.SkipWhile(known => !ClientIdReading.AreSame(known.ClientId, clientId)).Skip(1).Any(known => known.IsRotated);
        }
    }

    /// <summary>Whether this process received credentials with this client ID.</summary>
    public bool WasReceived(string clientId) => Any(known => known.IsReceived && ClientIdReading.AreSame(known.ClientId, clientId));

    /// <summary>When a rotation gave it this client ID, as a timestamp; null where none did.</summary>
    public long? RotatedAt(string clientId)
    {
        lock (_clientIds)
            return Find(clientId) is { IsRotated: true } known ? known.SeenAt : null;
    }

    /// <summary>
    /// The last credentials that a rotation gave it, unless they were dismissed: their client ID, when it was, whether they were saved, and
    /// the client ID that was in use then, where that is known; null for none.
    /// </summary>
    public (string ClientId, long At, bool IsSaved, string? InUse)? LastRotated()
    {
        lock (_clientIds)
        {
            return _clientIds.LastOrDefault(known => known is { IsRotated: true, IsDismissed: false }) is { } last
                ? (last.ClientId, last.SeenAt, last.IsSaved, last.InUse)
                : null;
        }
    }

    /// <summary>Remembers that the credentials with this client ID were saved.</summary>
    public void AddSaved(string clientId)
    {
        lock (_clientIds)
        {
            if (Find(clientId) is { } known)
                known.IsSaved = true;
        }
    }

    /// <summary>Remembers that nobody wants the credentials with this client ID, or all, to be kept any more.</summary>
    /// <returns>Whether there were any that this process received.</returns>
    public bool Dismiss(string? clientId)
    {
        lock (_clientIds)
        {
            var meant = _clientIds.Where(known =>
                known is { IsRotated: true, IsDismissed: false } &&
                (clientId is null || ClientIdReading.AreSame(known.ClientId, clientId))).ToList();
            foreach (var known in meant)
                known.IsDismissed = true;

            return meant.Count > 0;
        }
    }

    private Known? Find(string clientId) => _clientIds.FirstOrDefault(known => ClientIdReading.AreSame(known.ClientId, clientId));

    private bool Any(Predicate<Known> isMeant)
    {
        lock (_clientIds)
        {
            foreach (var known in _clientIds)
            {
                if (isMeant(known))
                    return true;
            }
        }

        return false;
    }

    private void Leave()
    {
        lock (_clientIds)
            _isInProgress = false;
    }

    private sealed class Entry(KnownApplication application) : IDisposable
    {
        private KnownApplication? _application = application;

        // It may be disposed twice, and another rotation may have entered by then.
        public void Dispose() => Interlocked.Exchange(ref _application, null)?.Leave();
    }

    private sealed class Known(string clientId, long seenAt)
    {
        public string ClientId => clientId;

        /// <summary>When it was first seen, as a timestamp.</summary>
        public long SeenAt => seenAt;

        /// <summary>True when it was received with its secret, and not only read.</summary>
        public bool IsReceived { get; set; }

        /// <summary>True when it is surely what a rotation gave the application.</summary>
        public bool IsRotated { get; set; }

        /// <summary>The client ID of the application that was in use when this one was rotated as the standby; null otherwise.</summary>
        public string? InUse { get; set; }

        /// <summary>True when its credentials were saved.</summary>
        public bool IsSaved { get; set; }

        /// <summary>True when its credentials need not be kept any more.</summary>
        public bool IsDismissed { get; set; }
    }
}
