namespace Wink.PowerShell;

/// <summary>The rotations made over one connection, oldest first. Safe to share between threads.</summary>
internal sealed class RotationRecord
{
    private readonly List<CredentialRotation> _rotations = [];

    public IReadOnlyList<CredentialRotation> Rotations
    {
        get
        {
            lock (_rotations)
                return [.. _rotations];
        }
    }

    public void Keep(CredentialRotation rotation)
    {
        lock (_rotations)
            _rotations.Add(rotation);
    }
}
