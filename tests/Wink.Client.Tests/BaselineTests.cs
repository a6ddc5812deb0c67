using System.Net.Sockets;
using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>What is read just before a rotation is sent, and what prevents that it is sent.</summary>
public sealed class BaselineTests : SecondOperatorTestBase
{
    [Fact]
    public async Task A_reading_from_before_is_not_the_baseline()
    {
        using var client = Client();
        var reading = new ClientIdReading(Old.ClientId, Time.GetTimestamp() - (6 * Time.TimestampFrequency));
        RotateTheirs();
        LoseBeforeActing(times: 1);

        var failure = await FailsAsync(client, new RotationParameters { Reading = reading });

        Assert.Equal((RotationOutcome.NotConfirmed, Theirs.ClientId), (failure.Outcome, failure.ClientId));
        TheirsAreValid();
    }

    [Fact]
    public async Task After_a_wait_that_another_request_causes_the_client_ID_is_read_again()
    {
        using var client = Client();
        Task<RotatedCredential>? rotation = null;
        Sandbox.Faults.Add(Refusal(429, times: 1, "2") with { Operation = Operation.Application });
        // It begins to wait in the same pause, with a reading of just before, and somebody else rotates meanwhile.
        var progress = new OnPause(() =>
        {
            rotation ??= client.RotateCredentialsAsync(Target, Known(Old.ClientId), null, Cancellation);
            if (Now() == Old)
                RotateTheirs();
        });

        await client.GetApplicationAsync(Target, progress, Cancellation);

        Assert.NotNull(rotation);
        Assert.Equal(Theirs.ClientId, (await rotation).PreviousClientId);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(429)]
    public async Task A_refused_request_is_not_sent_again_when_the_client_ID_cannot_be_read_again_and_that_is_said(int status)
    {
        using var client = Client();
        Sandbox.Faults.Add(Refusal(status, times: 1, "2"));
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Status = 503 });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        var cause = Assert.IsType<WinkPreconditionException>(failure.InnerException);
        Assert.Equal((RotationOutcome.Rejected, RotationPrecondition.NotSentAgain), (failure.Outcome, cause.Precondition));
        Assert.Contains("was not sent again, since the client ID could not be read again.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Theory]
    [InlineData(429, FaultMoment.BeforeActing)]
    [InlineData(429, FaultMoment.AfterActing)]
    [InlineData(401, FaultMoment.BeforeActing)]
    [InlineData(401, FaultMoment.AfterActing)]
    public async Task A_refused_request_is_not_sent_again_when_the_client_ID_has_changed(int status, FaultMoment moment)
    {
        using var client = Client();
        var refusal = Refusal(status, times: 1, "2") with { Moment = moment };
        Sandbox.Faults.Add(moment == FaultMoment.BeforeActing ? refusal with { Meanwhile = RotateTheirs } : refusal);

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.SecretLost, Now().ClientId), (failure.Outcome, failure.ClientId));
        Assert.Equal(status, (int)Assert.IsType<WinkApiException>(failure.InnerException).StatusCode);
        Assert.Equal(1, Seen(Operation.Rotation));
        if (moment == FaultMoment.BeforeActing)
            TheirsAreValid();
    }

    [Theory]
    [InlineData(429)]
    [InlineData(401)]
    public async Task The_expected_client_ID_is_checked_after_each_delay(int status)
    {
        using var client = Client();
        Sandbox.Faults.Add(Refusal(status, times: 1, "2") with { Meanwhile = RotateTheirs });

        var failure = await FailsAsync(client, Known(Old.ClientId) with { ExpectedClientId = Old.ClientId });

        Assert.Equal((RotationOutcome.SecretLost, Theirs.ClientId), (failure.Outcome, failure.ClientId));
        Assert.Equal(1, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Theory]
    [InlineData(429, RotationOutcome.Rejected)]
    [InlineData(401, RotationOutcome.Rejected)]
    public async Task A_refused_request_is_not_sent_again_when_the_client_ID_cannot_be_read_any_more(int status, RotationOutcome outcome)
    {
        using var client = Client();
        Sandbox.Faults.Add(Refusal(status, times: 1, "2") with
        {
            Meanwhile = () => Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Status = 500 }),
        });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((outcome, null), (failure.Outcome, failure.ClientId));
        Assert.Contains("It was not checked whether anything changed.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(401)]
    public async Task After_a_refused_request_nothing_says_that_it_was_not_sent(int status)
    {
        using var client = Client(configure: handler => handler.ConnectCallback = ConnectUntilRefusedAsync);
        Sandbox.Faults.Add(Refusal(status, times: 1, "2"));

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal(RotationOutcome.Rejected, failure.Outcome);
        Assert.Equal(
            TransportFailure.Connect, Assert.IsType<WinkTransportException>(failure.InnerException).Failure);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task What_a_person_was_shown_must_be_unchanged()
    {
        using var client = Client();
        var shown = new ClientIdReading(Old.ClientId, Time.GetTimestamp() - (6 * Time.TimestampFrequency));
        RotateTheirs();

        var failure = await FailsAsync(client, new RotationParameters { Reading = shown, MustBeUnchanged = true });

        Assert.Equal(RotationOutcome.NotSent, failure.Outcome);
        var unmet = Assert.IsType<WinkPreconditionException>(failure.InnerException);
        Assert.Equal(RotationPrecondition.ChangedClientId, unmet.Precondition);
        Assert.Contains(Theirs.ClientId, unmet.Message, StringComparison.Ordinal);
        Assert.Equal(0, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Theory]
    [InlineData("3600")]
    [InlineData("made up")]
    public async Task A_list_from_a_cache_is_no_baseline(string age)
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Applications,
            Status = 200,
            Body = $$"""[{"id":"{{Target.ApplicationId}}","name":"Made up","clientId":"{{Old.ClientId}}"}]""",
            Headers = new Dictionary<string, string> { ["Age"] = age },
        });
        var descriptions = client.ListApplicationsAsync(Target.ManagingEntityId, null, Cancellation);
        await foreach (var description in descriptions)
            Assert.False(client.IsFresh(Target, ClientIdReading.Of(Target, description)!));
    }

    [Fact]
    public async Task The_application_that_is_signed_in_is_known_by_its_baseline()
    {
        using var client = Client();
        var own = new ApplicationReference("travel-tech", "operations");

        var failure = await Assert.ThrowsAsync<RotationOutcomeException>(
            () => client.RotateCredentialsAsync(own, new RotationParameters { MayBeOwn = false }, null, Cancellation));

        var unmet = Assert.IsType<WinkPreconditionException>(failure.InnerException);
        Assert.Equal((RotationOutcome.NotSent, RotationPrecondition.OwnApplication), (failure.Outcome, unmet.Precondition));
        Assert.Equal(0, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task An_application_that_is_being_rotated_is_not_rotated_again()
    {
        using var client = Client();
        using var another = Client();
        var known = Known(Old.ClientId);
        var response = NewGate();
        Sandbox.Faults.Add(new Fault { Operation = Operation.Rotation, Until = response.Task, Times = 1 });
        var first = client.RotateCredentialsAsync(Target, known, null, Cancellation);
        await SeenAsync(Operation.Rotation);

        var failure = await FailsAsync(another, known);

        var unmet = Assert.IsType<WinkPreconditionException>(failure.InnerException);
        Assert.Equal((RotationOutcome.NotSent, RotationPrecondition.AlreadyInProgress), (failure.Outcome, unmet.Precondition));
        response.SetResult();
        var made = await first;
        Assert.Equal(Now().ClientId, made.Credential.ClientId);
        // And afterwards it is, with what the first one made as its baseline.
        var second = await another.RotateCredentialsAsync(Target, known, null, Cancellation);
        Assert.Equal(made.Credential.ClientId, second.PreviousClientId);
    }

    [Fact]
    public async Task An_application_that_is_not_there_is_not_rotated()
    {
        using var client = Client();
        var missing = new Fault { Operation = Operation.Application, Status = 404, ContentType = "application/problem+json" };
        Sandbox.Faults.Add(missing with { Body = """{"detail":"made-up"}""" });

        var failure = await FailsAsync(client, new RotationParameters());

        var unmet = Assert.IsType<WinkPreconditionException>(failure.InnerException);
        Assert.Equal((RotationOutcome.NotSent, RotationPrecondition.ApplicationNotFound), (failure.Outcome, unmet.Precondition));
        Assert.Equal(0, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task Another_failure_of_the_read_does_not_prevent_the_rotation()
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Status = 404, Body = "<html>made-up gateway</html>" });

        var rotated = await client.RotateCredentialsAsync(Target, new RotationParameters(), null, Cancellation);

        Assert.Equal(Now().ClientId, rotated.Credential.ClientId);
        Assert.Null(rotated.PreviousClientId);
    }

    [Fact]
    public async Task What_waits_for_a_rate_limit_is_not_sent_once_no_more_may_be()
    {
        using var client = Client();
        using var noMore = new CancellationTokenSource(TimeSpan.FromSeconds(4), Time);
        Sandbox.Faults.Add(Refusal(429, times: 1, "30"));

        var failure = await FailsAsync(client, Known(Old.ClientId) with { NoMoreSends = noMore.Token });

        Assert.Equal(RotationOutcome.Rejected, failure.Outcome);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task What_somebody_rotates_while_the_connection_is_made_is_not_revoked()
    {
        var connections = 0;
        using var client = Client(configure: SlowToConnect(() =>
        {
            if (connections++ == 0)
                RotateTheirs();
        }));

        var failure = await FailsAsync(client, Known(Old.ClientId) with { ExpectedClientId = Old.ClientId });

        Assert.Equal(RotationOutcome.NotSent, failure.Outcome);
        Assert.Equal(
            RotationPrecondition.UnexpectedClientId, Assert.IsType<WinkPreconditionException>(failure.InnerException).Precondition);
        Assert.Equal(0, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Fact]
    public async Task A_rotation_is_not_sent_where_each_connection_takes_longer_than_the_baseline_can_be_relied_on()
    {
        var connections = 0;
        using var client = Client(configure: SlowToConnect(() => connections++));

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.NotSent, 3), (failure.Outcome, connections));
        Assert.Equal(0, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task Without_a_baseline_a_connection_may_take_its_time()
    {
        using var client = Client(configure: SlowToConnect(() => { }));

        await client.RotateCredentialsAsync(Target, Known(null), null, Cancellation);

        Assert.Equal(1, Seen(Operation.Rotation));
    }

    private static bool IsRotation(SocketsHttpConnectionContext context) =>
        context.InitialRequestMessage.RequestUri!.AbsolutePath.EndsWith("/revoke", StringComparison.Ordinal);

    /// <summary>Connects, until a rotation was received: the next one cannot connect.</summary>
    private ValueTask<Stream> ConnectUntilRefusedAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        IsRotation(context) && Seen(Operation.Rotation) > 0
            ? throw new SocketException((int)SocketError.ConnectionRefused)
            : ConnectAsync(context, cancellationToken);

    /// <summary>Each connection for a rotation takes six seconds.</summary>
    private Action<SocketsHttpHandler> SlowToConnect(Action meanwhile) => handler =>
        handler.ConnectCallback = (context, cancellationToken) =>
    {
        if (IsRotation(context))
        {
            Time.Advance(TimeSpan.FromSeconds(6));
            meanwhile();
        }

        return ConnectAsync(context, cancellationToken);
    };

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private sealed class OnPause(Action then) : IProgress<WinkEvent>
    {
        public void Report(WinkEvent value)
        {
            if (value is RetryDelayed { Left.Ticks: > 0 })
                then();
        }
    }
}
