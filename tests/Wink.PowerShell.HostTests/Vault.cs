using System.Collections.Concurrent;
using System.Net;

namespace Wink.PowerShell.HostTests;

/// <summary>A vault of a script, as $batch.Vault: it holds the newest credentials of each application, while it is not locked.</summary>
public sealed class Vault
{
    private readonly ConcurrentDictionary<string, NetworkCredential> _held = new();
    private readonly ConcurrentQueue<CredentialRotation> _attempts = new();

    /// <summary>What happens first at each attempt to save.</summary>
    public Action<CredentialRotation>? Meanwhile { get; set; }

    public bool IsLocked { get; set; }

    /// <summary>What was to be saved, in order, also where it was locked.</summary>
    public IReadOnlyList<CredentialRotation> Attempts => [.. _attempts];

    public void Save(CredentialRotation rotation)
    {
        _attempts.Enqueue(rotation);
        Meanwhile?.Invoke(rotation);
        if (IsLocked)
            throw new InvalidOperationException($"made-up locked vault, not for {rotation.Credential.GetNetworkCredential().Password}");

        _held[rotation.ApplicationId] = rotation.Credential.GetNetworkCredential();
    }

    public bool Holds(string applicationId, string secret) => _held.TryGetValue(applicationId, out var held) && held.Password == secret;
}
