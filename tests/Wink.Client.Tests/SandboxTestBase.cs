using System.Net;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Wink.Client.RestSharp;
using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>A test of the client against a sandbox, both of them in the test's time.</summary>
public abstract class SandboxTestBase : ServerTestBase
{
    protected static readonly ApplicationReference Target = new("travel-tech", "booking-engine");

    /// <summary>The first rotation of a process compiles the client and the sandbox, which no short timeout must include.</summary>
    private static readonly Lazy<Task> WarmedUp = new(WarmUpAsync);

    private SandboxApplication? _operator;

    /// <summary>The application to rotate, as it is before the test acts.</summary>
    protected SandboxApplication Old { get; set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await WarmedUp.Value;
        await StartAsync();
    }

    private async Task StartAsync()
    {
        _operator = await StartSandboxAsync();
        Sandbox.Time = Time;
        Old = Sandbox.State.AddApplication("travel-tech", "booking-engine", "Booking engine", "account.read");
    }

    protected static SecureString Secure(string text) => new NetworkCredential("", text).SecurePassword;

    protected static ClientCredential Credential(string clientId, string secret) => new(clientId, Secure(secret));

    /// <summary>Signed in with the operator's credentials unless the options say otherwise.</summary>
    protected WinkClient Client(
        Func<WinkClientOptions, WinkClientOptions>? with = null, bool trusting = false, Action<SocketsHttpHandler>? configure = null)
    {
        var options = new WinkClientOptions
        {
            Endpoints = WinkEndpoints.Custom(Sandbox.Http, Sandbox.Http),
            Credential = Credential(_operator!.ClientId, _operator.Secret),
            Time = Time,
        };
        return new WinkClient(
            with?.Invoke(options) ?? options, http => new QuietPort(new RestSharpPort(http), Time), trusting ? Trust : configure);
    }

    private static async Task WarmUpAsync()
    {
        var test = new WarmUp();
        await test.StartAsync();
        await using (test)
        {
            using var client = test.Client();
            await client.RotateCredentialsAsync(Target, test.Known(test.Old.ClientId), null, CancellationToken.None);
        }
    }

    private void Trust(SocketsHttpHandler handler)
    {
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(Sandbox.Authority);
    }

    /// <summary>Signed in with a token that the client did not obtain itself: its first request opens its first connection.</summary>
    protected WinkClientOptions ByToken(WinkClientOptions options) => options with
    {
        Credential = null,
        AccessToken = Secure(Sandbox.State.IssueToken(["account.read", "account.write"])),
    };

    /// <summary>The client ID was read just now; without one, the application is not read.</summary>
    /// <param name="clientId">The client ID, or null.</param>
    /// <param name="time">The client's time, where it is not that of the test.</param>
    protected RotationParameters Known(string? clientId, TimeProvider? time = null) => clientId is null
        ? new RotationParameters { MayRead = false }
        : new RotationParameters { Reading = new ClientIdReading(clientId, (time ?? Time).GetTimestamp()) };

    protected Task<RotationOutcomeException> FailsAsync(WinkClient client, string? clientId = null) =>
        Assert.ThrowsAsync<RotationOutcomeException>(() => client.RotateCredentialsAsync(Target, Known(clientId), null, Cancellation));

    /// <summary>Lets a time that stands still pass, step by step.</summary>
    protected static Task AdvanceUntilAsync(FakeTimeProvider time, TimeSpan step, Func<bool> condition) => UntilAsync(() =>
    {
        if (condition())
            return true;

        time.Advance(step);
        return false;
    });

    protected SandboxApplication Now() => Sandbox.State.FindApplication("travel-tech", "booking-engine")!;

    private sealed class WarmUp : SandboxTestBase;
}
