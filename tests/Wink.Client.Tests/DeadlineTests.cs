using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>What happens when the time is over. That a paused process and starved threads lose nothing is shown in a pwsh of its own.</summary>
public sealed class DeadlineTests : SandboxTest
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_response_whose_body_began_in_time_is_read_for_one_more_second()
    {
        using var client = Client(options => options with { Timeout = OneSecond });
        await client.SignInAsync(null, Cancellation);
        Sandbox.Faults.Add(new Fault { Operation = Operation.Rotation, Moment = FaultMoment.AfterActing, Times = 1, DelayMs = 1300, Status = 200, Body = "{answer}" });

        var rotated = await client.RotateCredentialsAsync(Target, Old.ClientId, null, Cancellation);

        Assert.Equal(Now().ClientId, rotated.Credential.ClientId);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task The_waiting_ends_all_the_same_and_what_arrived_until_then_counts()
    {
        using var client = Client(options => options with { Timeout = OneSecond });
        await client.SignInAsync(null, Cancellation);
        Sandbox.Faults.Add(new Fault { Operation = Operation.Rotation, Moment = FaultMoment.AfterActing, Times = 1, Status = 200, Body = "{answer}", Stall = true });
        var clock = Stopwatch.StartNew();

        var rotated = await client.RotateCredentialsAsync(Target, Old.ClientId, null, Cancellation);

        Assert.Equal(Now().ClientId, rotated.Credential.ClientId);
        Assert.InRange(clock.Elapsed.TotalSeconds, 1, 15);
    }

    [Fact]
    public async Task What_was_never_written_is_NotSent()
    {
        // Accepts connections and says nothing, so that no TLS comes about.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var api = new Uri($"https://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}");
        using var client = Client(options => options with { Timeout = OneSecond, Endpoints = WinkEndpoints.Custom(api, Sandbox.Http) });

        var failure = await FailsAsync(client);

        Assert.Equal(RotationOutcome.NotSent, failure.Outcome);
        Assert.Equal(TransportFailure.Timeout, Assert.IsType<WinkTransportException>(failure.InnerException).Failure);
    }
}
