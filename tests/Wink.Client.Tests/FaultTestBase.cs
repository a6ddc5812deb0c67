using System.Diagnostics;
using System.Net;
using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>Runs cells of the <see cref="FaultMatrix"/> over real sockets.</summary>
public abstract class FaultTestBase : SandboxTestBase
{
    public static TheoryData<string> AllCells() => [.. FaultMatrix.Cells.Keys];

    /// <summary>Some that work over TLS, too: none with raw bytes.</summary>
    public static TheoryData<string> SampleCells() =>
    [
        "closed, before acting", "closed, after acting", "reset, before acting", "reset, after acting", "502, after acting",
        "307 to itself, before acting", "HTML with 200, after acting", "another id", "429 once", "401 once", "403 as HTML", "slow",
        "gzip", "credentials with 500", "another application's credentials, after acting",
    ];

    protected async Task HasExpectedOutcomeAsync(string cell, Func<WinkClientOptions, WinkClientOptions>? with = null)
    {
        var (fault, outcome, requests, bringsOthers) = FaultMatrix.Cells[cell];
        Sandbox.State.SecretPrefix = "made-up-ä\"\\/\U0001F511-secret ";
        Old = Sandbox.State.AddApplication(Target.ManagingEntityId, Target.ApplicationId, Old.Name, "account.read");
        var timeout = TimeSpan.FromSeconds(fault.DelayMs == Timeout.Infinite ? 6 : 30);
        using var client = Client(options => (with?.Invoke(options) ?? options) with { Timeout = timeout }, trusting: true);
        var progress = new RecordingProgress();
        Sandbox.Faults.Add(fault);

        var began = Stopwatch.GetTimestamp();
        var (rotated, failure) = await RotateAsync(client, progress);

        Assert.Equal(outcome, failure?.Outcome.ToString() ?? FaultMatrix.Rotated);
        Assert.Equal(requests, Seen(Operation.Rotation));
        Assert.Equal(bringsOthers, failure?.Received is not null);
        if (rotated is not null)
        {
            var secret = new NetworkCredential("", rotated.Credential.Secret).Password;
            Assert.Equal((Now().ClientId, Now().Secret), (rotated.Credential.ClientId, secret));
            Assert.True(
                Sandbox.State.Issued(Target.ApplicationId, rotated.Credential.ClientId, secret, began),
                "These credentials were not made by this rotation.");
        }
        else if (failure!.Outcome is not RotationOutcome.Unknown)
        {
            // What the outcome says about the old credentials is true.
            Assert.Equal(failure.Outcome == RotationOutcome.SecretLost, Now().ClientId != Old.ClientId);
        }

        EachRotationHadItsOwnConnection();
        NothingSecretIsIn($"{failure}{failure?.Received}{rotated}{progress}{rotated?.Doubt}");
    }

    protected void EachRotationHadItsOwnConnection()
    {
        foreach (var rotation in Sandbox.Journal.Of(Operation.Rotation))
            Assert.Single(Sandbox.Journal.Requests, request => request.ConnectionId == rotation.ConnectionId);
    }

    /// <summary>Not even a part of a secret: each secret and token ends in 24 random characters.</summary>
    protected void NothingSecretIsIn(string text)
    {
        foreach (var secret in Sandbox.State.Secrets)
            Assert.DoesNotContain(secret[^24..], text, StringComparison.Ordinal);

        Assert.DoesNotContain("made-up-secret-of-another", text, StringComparison.Ordinal);
    }

    private async Task<(RotatedCredential? Rotated, RotationOutcomeException? Failure)> RotateAsync(
        WinkClient client, RecordingProgress progress)
    {
        try
        {
            return (await client.RotateCredentialsAsync(Target, Known(Old.ClientId), progress, Cancellation), null);
        }
        catch (RotationOutcomeException failure)
        {
            return (null, failure);
        }
    }
}
