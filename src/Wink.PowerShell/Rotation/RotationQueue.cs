using System.Diagnostics.CodeAnalysis;

namespace Wink.PowerShell;

/// <summary>The rotations of one pipeline, in the order of its input: at most so many looked at ahead, and at most so many in flight.</summary>
/// <param name="limit">How many.</param>
internal sealed class RotationQueue(int limit)
{
    // Ids are mostly GUIDs, and one tool writes them in capitals where another doesn't: taking both would kill the first new pair.
    private readonly HashSet<string> _added = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<QueuedRotation> _waiting = new();
    private readonly Queue<QueuedRotation> _lookedAt = new();
    private readonly HashSet<QueuedRotation> _inFlight = [];

    /// <summary>How many were ever added.</summary>
    public int Added => _added.Count;

    /// <summary>How many are neither in flight nor done.</summary>
    public int Waiting => _waiting.Count + _lookedAt.Count;

    public IReadOnlyCollection<QueuedRotation> InFlight => _inFlight;

    public bool IsEmpty => Waiting == 0 && _inFlight.Count == 0;

    /// <summary>Adds a rotation, unless the same application was added before.</summary>
    public bool TryAdd(QueuedRotation rotation)
    {
        // No id has a slash.
        if (!_added.Add($"{rotation.Reference.ManagingEntityId}/{rotation.Reference.ApplicationId}"))
            return false;

        _waiting.Enqueue(rotation);
        return true;
    }

    /// <summary>The next one to look at, while its turn is near.</summary>
    public bool TryLookAhead([NotNullWhen(true)] out QueuedRotation? next)
    {
        next = null;
        if (_lookedAt.Count >= limit || !_waiting.TryDequeue(out next))
            return false;

        _lookedAt.Enqueue(next);
        return true;
    }

    /// <summary>Takes the next one whose turn has come: it was looked at, and there is room for one more in flight.</summary>
    public bool TryTake([NotNullWhen(true)] out QueuedRotation? next)
    {
        next = null;
        return _inFlight.Count < limit && _lookedAt.TryPeek(out var first) && first.Application is not null && _lookedAt.TryDequeue(out next);
    }

    public void TakeOff(QueuedRotation rotation) => _inFlight.Add(rotation);

    public void Land(QueuedRotation rotation) => _inFlight.Remove(rotation);

    /// <summary>Removes all that wait, and returns them.</summary>
    public IReadOnlyList<QueuedRotation> Clear()
    {
        QueuedRotation[] left = [.. _lookedAt, .. _waiting];
        _lookedAt.Clear();
        _waiting.Clear();
        return left;
    }
}
