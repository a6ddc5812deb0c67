using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace Wink.PowerShell;

/// <summary>The rotations of one runspace, or those over one connection, oldest first. Safe to share between threads.</summary>
internal sealed class RotationHistory
{
    // Never one for the whole process: jobs of several tenants may share the process.
    private static readonly ConditionalWeakTable<Runspace, RotationHistory> Histories = [];

    private readonly List<CredentialRotation> _rotations = [];
    private bool _hasDoubtful;

    /// <summary>
    /// The history of the calling runspace. To be read on the pipeline's thread: the threads that keep rotations have no runspace.
    /// </summary>
    public static RotationHistory OfRunspace => Histories.GetOrCreateValue(Runspace.DefaultRunspace);

    /// <summary>The history of a connection, or without one, of the calling runspace.</summary>
    public static RotationHistory Of(WinkConnection? connection) =>
        connection is null ? OfRunspace : connection.Live?.History ?? new RotationHistory();

    /// <summary>Copies of the rotations: what a script does to its objects changes nothing here.</summary>
    public IReadOnlyList<CredentialRotation> Rotations
    {
        get
        {
            lock (_rotations)
                return [.. _rotations.Select(rotation => rotation.Copy())];
        }
    }

    /// <summary>Keeps a rotation, in the place of the same credentials as they were kept while they were in doubt.</summary>
    public void Keep(CredentialRotation rotation)
    {
        lock (_rotations)
        {
            // A batch may be long, and credentials in doubt are rare: the list is searched only where there are any.
            var index = rotation.Doubt is null && _hasDoubtful
                ? _rotations.FindLastIndex(kept => kept.RequestedFor == rotation.ApplicationId && kept.ClientId == rotation.ClientId)
                : -1;
            _hasDoubtful |= rotation.Doubt is not null;
            if (index < 0)
                _rotations.Add(rotation);
            else
                _rotations[index] = rotation;
        }
    }

    /// <summary>Replaces a rotation with the same one that has more details.</summary>
    public void Replace(CredentialRotation kept, CredentialRotation rotation)
    {
        lock (_rotations)
        {
            if (_rotations.LastIndexOf(kept) is >= 0 and var index)
                _rotations[index] = rotation;
        }
    }

    /// <summary>Removes rotations, and returns them as they were kept: another history may keep the same.</summary>
    public IReadOnlyCollection<CredentialRotation> Remove(Predicate<CredentialRotation> isMeant)
    {
        lock (_rotations)
        {
            var removed = _rotations.FindAll(isMeant);
            _rotations.RemoveAll(removed.Contains);
            return removed;
        }
    }
}
