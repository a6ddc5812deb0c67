using System.Net.Sockets;
using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>When a lost rotation is not repeated: each condition by itself, while somebody else rotates the same application.</summary>
public sealed class RepeatConditionTests : SecondOperatorTestBase
{
    [Fact]
    public async Task With_an_expected_client_ID_a_lost_rotation_is_not_repeated()
    {
        using var client = Client();
        Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing) with { Meanwhile = RotateTheirs });

        var failure = await FailsAsync(client, Known(Old.ClientId) with { ExpectedClientId = Old.ClientId });

        Assert.Equal((RotationOutcome.SecretLost, Theirs.ClientId), (failure.Outcome, failure.ClientId));
        Assert.Contains("by this rotation or by another one", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Fact]
    public async Task What_fails_after_a_long_time_is_not_repeated()
    {
        using var client = Client();
        Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing) with { DelayMs = 15_000, Meanwhile = RotateTheirs });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal(RotationOutcome.SecretLost, failure.Outcome);
        Assert.Equal(1, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Fact]
    public async Task Credentials_that_this_process_received_are_not_revoked_by_a_repeat()
    {
        using var client = Client();
        Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing) with
        {
            Meanwhile = () =>
            {
                RotateTheirs();
                new KnownApplications(Sandbox.Http, Time).AddReceived(Target, Theirs.ClientId);
            },
        });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal(RotationOutcome.SecretLost, failure.Outcome);
        Assert.Equal(1, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Fact]
    public async Task Another_change_before_the_repeat_prevents_it()
    {
        using var client = Client();
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));
        // The read that shows the change, and the one just before the repeat.
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Times = 1 });
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Times = 1, Meanwhile = RotateTheirs });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.SecretLost, Theirs.ClientId), (failure.Outcome, failure.ClientId));
        Assert.Equal(1, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Fact]
    public async Task Another_change_while_the_repeat_waits_prevents_it()
    {
        using var client = Client();
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));
        Sandbox.Faults.Add(Refusal(429, times: 1, "2") with { Meanwhile = RotateTheirs });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal(RotationOutcome.SecretLost, failure.Outcome);
        Assert.Equal(2, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Fact]
    public async Task After_a_repeat_a_lost_secret_stays_lost_whatever_is_read()
    {
        using var client = Client();
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing) with { Times = 2 });
        // The reads that show the two changes, and the one before the first repeat. The one before the second repeat lags.
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Times = 3 });
        Sandbox.Faults.Add(Description(Target.ApplicationId, Old.ClientId));

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal(RotationOutcome.SecretLost, failure.Outcome);
        Assert.Equal(2, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task What_somebody_rotates_while_the_repeat_waits_for_an_answer_is_not_revoked()
    {
        using var client = Client();
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));

        var failure = await FailsAsync(client, Known(Old.ClientId) with
        {
            BeforeRepeat = async _ =>
            {
                await Task.Delay(TimeSpan.FromSeconds(1), Time, Cancellation);
                RotateTheirs();
                return true;
            },
        });

        Assert.Equal(RotationOutcome.SecretLost, failure.Outcome);
        Assert.Contains(Theirs.ClientId, failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Theory]
    [InlineData(502, RotationOutcome.SecretLost)]
    [InlineData(200, RotationOutcome.SecretLost)]
    [InlineData(403, RotationOutcome.SecretLost)]
    public async Task What_a_cache_responded_to_the_rotation_is_no_reason_to_repeat_it(int status, RotationOutcome outcome)
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Times = 1,
            Status = status,
            Body = "<html>made-up gateway</html>",
            Headers = new Dictionary<string, string> { ["Age"] = "10" },
            Meanwhile = RotateTheirs,
        });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((outcome, 1), (failure.Outcome, Seen(Operation.Rotation)));
        TheirsAreValid();
    }

    [Fact]
    public async Task Credentials_that_came_with_the_response_to_another_rotation_are_not_revoked_by_a_repeat()
    {
        using var client = Client();
        var another = new ApplicationReference("travel-tech", "operations");
        Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing) with
        {
            Meanwhile = () =>
            {
                RotateTheirs();
                new KnownApplications(Sandbox.Http, Time).AddReceived(another, Theirs.ClientId, Target.ApplicationId);
            },
        });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.SecretLost, 1), (failure.Outcome, Seen(Operation.Rotation)));
        Assert.True(failure.IsClientIdReceived);
        TheirsAreValid();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_repeat_can_be_prevented(bool byAnswer)
    {
        using var client = Client();
        using var noMore = new CancellationTokenSource();
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing) with { Meanwhile = byAnswer ? null : noMore.Cancel });
        var asked = 0;

        var failure = await FailsAsync(client, Known(Old.ClientId) with
        {
            NoMoreSends = noMore.Token,
            BeforeRepeat = lost =>
            {
                asked++;
                Assert.Equal(Now().ClientId, lost.ClientId);
                return Task.FromResult(false);
            },
        });

        Assert.Equal((RotationOutcome.SecretLost, Now().ClientId), (failure.Outcome, failure.ClientId));
        Assert.Equal((1, byAnswer ? 1 : 0), (Seen(Operation.Rotation), asked));
    }

    [Fact]
    public async Task A_repeat_without_an_effect_is_not_repeated()
    {
        using var client = Client();
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));
        Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing));

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.SecretLost, Now().ClientId), (failure.Outcome, failure.ClientId));
        Assert.True(failure.MayStillTakeEffect);
        Assert.Equal(2, Seen(Operation.Rotation));
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("refused by rate")]
    [InlineData("not sent")]
    public async Task What_is_said_after_a_repeat_that_failed_was_so_just_before_it(string how)
    {
        var lost = Old;
        var refusal = how == "refused" ? Refusal(403, times: 1, null) : Refusal(429, times: 1, "9999");
        using var client = Client(configure: how == "not sent" ? RefuseToConnectAgain : null);
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));
        Sandbox.Faults.Add(refusal with { DelayMs = 3_000, Meanwhile = ChangeAgain });
        // The read that shows the change, and the one just before the repeat. No later one tells what they did.
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Times = 2 });
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Status = 403 });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.SecretLost, lost.ClientId), (failure.Outcome, failure.ClientId));
        Assert.True(
            Sandbox.State.HadClientId(Target.ApplicationId, lost.ClientId, failure.At, failure.At),
            $"It had another one at {failure.At:O}.");
        Assert.Contains(
            $"a read at {failure.At:HH:mm:ss} UTC showed client ID {lost.ClientId}.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(how == "not sent" ? 1 : 2, Seen(Operation.Rotation));
        TheirsAreValid();

        void ChangeAgain()
        {
            lost = Now();
            RotateTheirs();
        }

        void RefuseToConnectAgain(SocketsHttpHandler handler) => handler.ConnectCallback = async (context, cancellationToken) =>
        {
            var isRotation = context.InitialRequestMessage.RequestUri!.AbsolutePath.EndsWith("/revoke", StringComparison.Ordinal);
            if (isRotation && Seen(Operation.Rotation) > 0)
            {
                ChangeAgain();
                Time.Advance(TimeSpan.FromSeconds(3));
                throw new SocketException((int)SocketError.ConnectionRefused);
            }

            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        };
    }
}
