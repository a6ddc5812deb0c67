using System.Net;
using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>Runs cells of the <see cref="FaultMatrix"/> over real sockets.</summary>
public abstract class FaultTest : SandboxTest
{
    private const string NotActed = ", before acting";

    /// <summary>Those where Wink did not act and nobody says so. Finding that out takes seconds each, so they are classes of their own, which run side by side.</summary>
    public static TheoryData<string> NotActedCells() => [.. FaultMatrix.Cells.Keys.Where(cell => cell.EndsWith(NotActed, StringComparison.Ordinal))];

    /// <summary>All others.</summary>
    public static TheoryData<string> OtherCells() => [.. FaultMatrix.Cells.Keys.Where(cell => !cell.EndsWith(NotActed, StringComparison.Ordinal))];

    /// <summary>Those that TLS lets through: nothing raw.</summary>
    public static TheoryData<string> SampleCells() =>
    [
        "closed, before acting", "closed, after acting", "reset, before acting", "reset, after acting", "502, after acting",
        "307 to itself, before acting", "HTML with 200, after acting", "another id", "429 once", "401 once", "403 as HTML", "slow",
    ];

    protected async Task EndsAsItMustAsync(string cell, bool pooled, Func<WinkClientOptions, WinkClientOptions>? with = null)
    {
        var (fault, outcome, requests) = FaultMatrix.Cells[cell];
        Sandbox.State.SecretPrefix = "made-up-ä\"\\/\U0001F511-secret ";
        using var client = Client(
            options => (with?.Invoke(options) ?? options) with { Timeout = TimeSpan.FromSeconds(fault.DelayMs > 1000 ? 1 : 30) }, trusting: true);
        if (pooled)
            await client.GetApplicationAsync(Target, null, Cancellation);

        Sandbox.Faults.Add(fault);
        var (rotated, failure) = await RotateAsync(client);

        Assert.Equal(outcome, failure?.Outcome);
        Assert.Equal(requests, Seen(Operation.Rotation));
        if (rotated is not null)
        {
            Assert.Equal(Now().ClientId, rotated.Credential.ClientId);
            Assert.Equal(Now().Secret, new NetworkCredential("", rotated.Credential.Secret).Password);
        }
        else
        {
            // What the outcome says of the old pair is true.
            Assert.Equal(outcome == RotationOutcome.SecretLost, Now().ClientId != Old.ClientId);
        }
    }

    /// <summary>The first rotation has to open its connection.</summary>
    protected async Task EndsAsItMustOnAFreshConnectionAsync(string cell)
    {
        // IAM by another name has connections of its own.
        var iam = new UriBuilder(Sandbox.Http) { Host = "localhost" }.Uri;

        await EndsAsItMustAsync(cell, pooled: false, options => options with { Endpoints = WinkEndpoints.Custom(Sandbox.Http, iam) });

        var first = Sandbox.Journal.Of(Operation.Rotation)[0];
        Assert.DoesNotContain(Sandbox.Journal.Requests.TakeWhile(request => request != first), earlier => earlier.ConnectionId == first.ConnectionId);
    }

    private async Task<(RotatedCredential? Rotated, RotationOutcomeException? Failure)> RotateAsync(WinkClient client)
    {
        try
        {
            return (await client.RotateCredentialsAsync(Target, Old.ClientId, null, Cancellation), null);
        }
        catch (RotationOutcomeException failure)
        {
            return (null, failure);
        }
    }
}
