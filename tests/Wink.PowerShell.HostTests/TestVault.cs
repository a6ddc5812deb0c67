using System.Management.Automation;

namespace Wink.PowerShell.HostTests;

/// <summary>A vault with one secret, which scripts save to. It can be made to fail.</summary>
public sealed class TestVault(PSCredential current)
{
    private PSCredential _current = current;

    /// <summary>What consumers read.</summary>
    public PSCredential Current => Volatile.Read(ref _current);

    /// <summary>Whether saving throws before it has an effect.</summary>
    public bool FailsBefore { get; set; }

    /// <summary>Whether saving throws after it had its effect, as when its response is lost.</summary>
    public bool FailsAfter { get; set; }

    /// <summary>What else happens before something is saved.</summary>
    public Action? BeforeSave { get; set; }

    /// <summary>How often it was saved to, also where that failed.</summary>
    public int Saves { get; private set; }

    public void Save(PSCredential credential)
    {
        Saves++;
        BeforeSave?.Invoke();
        if (FailsBefore)
            throw new InvalidOperationException("made-up locked vault");

        // A copy: the rotation's own may be disposed.
        Volatile.Write(ref _current, new PSCredential(credential.UserName, credential.Password.Copy()));
        if (FailsAfter)
            throw new InvalidOperationException("made-up lost response of the vault");
    }
}
