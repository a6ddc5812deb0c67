using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>
/// What happens when the deadline has passed. That a paused process and busy threads lose nothing is tested in a pwsh of its own.
/// </summary>
[Trait("Runtime", "Each")]
public sealed class DeadlineTests : SandboxTestBase
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_request_that_may_be_sent_again_is_cancelled_immediately()
    {
        using var deadline = new Deadline(TimeSpan.FromSeconds(3600), ticket: null, _time);
        _time.Advance(TimeSpan.FromSeconds(3599.9));
        Assert.False(deadline.HasPassed);

        _time.Advance(TimeSpan.FromSeconds(0.1));

        await CancelsAsync(deadline);
        Assert.True(deadline.HasPassed);
    }

    [Fact]
    public async Task A_rotation_that_was_not_written_is_cancelled_immediately_and_never_written()
    {
        using var ticket = new SendTicket(() => true);
        using var deadline = new Deadline(OneSecond, ticket, _time);

        _time.Advance(OneSecond);

        await CancelsAsync(deadline);
        Assert.False(ticket.TryClaim(new object()));
    }

    [Fact]
    public async Task A_rotation_that_was_written_is_read_for_one_more_second()
    {
        using var ticket = new SendTicket(() => true);
        Assert.True(ticket.TryClaim(new object()));
        var startedAt = Time.GetTimestamp();
        using var deadline = new Deadline(OneSecond, ticket, Time);

        await Task.Delay(TimeSpan.FromSeconds(1.9), Time, Cancellation);
        Assert.True(deadline.HasPassed);
        Assert.False(deadline.Token.IsCancellationRequested);

        await CancelsAsync(deadline);
        Assert.InRange(Time.GetElapsedTime(startedAt).TotalSeconds, 2, 3);
    }

    [Fact]
    public async Task What_arrived_is_used_though_the_response_has_no_end()
    {
        using var client = Client(options => options with { Timeout = TimeSpan.FromSeconds(5) });
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Moment = FaultMoment.AfterActing,
            Times = 1,
            Status = 200,
            Body = "{response}",
            Stall = true,
        });

        var rotated = await client.RotateCredentialsAsync(Target, Known(Old.ClientId), null, Cancellation);

        Assert.Equal(Now().ClientId, rotated.Credential.ClientId);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    /// <summary>The one of a deadline in real time.</summary>
    [Fact]
    public async Task What_was_never_written_is_NotSent()
    {
        // Accepts connections and sends nothing, so that there is no TLS handshake.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var api = new Uri($"https://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}");
        var endpoints = WinkEndpoints.Custom(api, Sandbox.Http);
        using var client = Client(
            options => ByToken(options) with { Timeout = OneSecond, Endpoints = endpoints, Time = TimeProvider.System });

        var failure = await FailsAsync(client);

        Assert.Equal(RotationOutcome.NotSent, failure.Outcome);
        Assert.Equal(TransportFailure.Timeout, Assert.IsType<WinkTransportException>(failure.InnerException).Failure);
    }

    private static async Task CancelsAsync(Deadline deadline)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = deadline.Token.Register(ended.SetResult);
        await ended.Task.WaitAsync(Patience, Cancellation);
    }
}
