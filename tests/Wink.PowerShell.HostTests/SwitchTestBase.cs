using System.Management.Automation;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>A test of Switch-WinkCredential with two applications: booking-a, whose credentials are in use, and booking-b.</summary>
public abstract class SwitchTestBase : HostTestBase
{
    protected const string Switch = "Switch-WinkCredential travel-tech booking-a, booking-b -CurrentCredential $batch.Current " +
        "-Connection $wink -SaveWith { $batch.Save($_.Credential) }";

    protected const string SwitchNow = $"{Switch} -Confirm:$false";

    protected TestVault Vault { get; set; } = null!;

    protected SandboxApplication A => Sandbox.State.FindApplication("travel-tech", "booking-a")!;

    protected SandboxApplication B => Sandbox.State.FindApplication("travel-tech", "booking-b")!;

    protected void AddPair()
    {
        foreach (var id in new[] { "booking-a", "booking-b" })
            Sandbox.State.AddApplication("travel-tech", id, $"Booking {id[^1]}", "account.read", "booking.write");

        Vault = new TestVault(NewCredential(A.ClientId, A.Secret));
    }

    /// <summary>Whether IAM accepts the credentials at this moment.</summary>
    protected bool IsValid(PSCredential credential) =>
        Sandbox.State.Authenticate(credential.UserName, credential.GetNetworkCredential().Password) is not null;

    protected Task<Pipeline> SwitchAsync(string script = SwitchNow, TestHost? host = null) => RunAsync(script, host, Vault);

    /// <summary>Nothing was sent, and the only error says why.</summary>
    protected void AssertRefused(Pipeline ran, string why, string id = "SwitchRefused")
    {
        AssertLike($"{id},*", Assert.Single(ran.Errors).FullyQualifiedErrorId);
        AssertLike(why, ran.Errors[0]);
        Assert.Empty(ran.Rotations);
        Assert.Empty(Sent());
        Assert.Equal(0, Vault.Saves);
    }
}
