using System.Diagnostics;
using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>
/// Somebody else rotates the same application in one of the gaps between the steps. Nobody's credentials may be revoked on a guess, and
/// nothing untrue may be said.
/// </summary>
public sealed class SecondOperatorTests : SandboxTest
{
    private SandboxApplication? _theirs;

    [Fact]
    public async Task A_reading_from_before_is_not_the_baseline()
    {
        using var client = Client();
        var reading = new ClientIdReading(Old.ClientId, Stopwatch.GetTimestamp() - (6 * Stopwatch.Frequency));
        RotateTheirs();
        LoseBeforeActing(times: 1);

        var failure = await FailsAsync(client, new RotationParameters { Reading = reading });

        Assert.Equal((RotationOutcome.NotConfirmed, _theirs!.ClientId), (failure.Outcome, failure.ClientId));
        TheirsAreValid();
    }

    [Fact]
    public async Task The_baseline_is_read_again_after_each_delay()
    {
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Refusal(429, times: 1, "2") with { Meanwhile = RotateTheirs });
        LoseBeforeActing(times: 1);

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.NotConfirmed, _theirs!.ClientId), (failure.Outcome, failure.ClientId));
        TheirsAreValid();
    }

    [Theory]
    [InlineData(429)]
    [InlineData(401)]
    public async Task The_expected_client_ID_is_checked_after_each_delay(int status)
    {
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Refusal(status, times: 1, "2") with { Meanwhile = RotateTheirs });

        var failure = await FailsAsync(client, Known(Old.ClientId) with { ExpectedClientId = Old.ClientId });

        Assert.Equal(RotationOutcome.NotSent, failure.Outcome);
        var unmet = Assert.IsType<WinkPreconditionException>(failure.InnerException);
        Assert.Equal(RotationPrecondition.UnexpectedClientId, unmet.Precondition);
        Assert.Contains(_theirs!.ClientId, unmet.Message, StringComparison.Ordinal);
        Assert.Equal(1, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Fact]
    public async Task With_an_expected_client_ID_a_lost_rotation_is_not_repeated()
    {
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing) with { Meanwhile = RotateTheirs });

        var failure = await FailsAsync(client, Known(Old.ClientId) with { ExpectedClientId = Old.ClientId });

        Assert.Equal((RotationOutcome.SecretLost, _theirs!.ClientId), (failure.Outcome, failure.ClientId));
        Assert.Contains("by this rotation or by another one", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Fact]
    public async Task What_fails_after_a_long_time_is_not_repeated()
    {
        using var client = Client(speed: 10);
        Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing) with { DelayMs = 1500, Meanwhile = RotateTheirs });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal(RotationOutcome.SecretLost, failure.Outcome);
        Assert.Equal(1, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Fact]
    public async Task Credentials_that_this_process_received_are_not_revoked_by_a_repeat()
    {
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing) with
        {
            Meanwhile = () =>
            {
                RotateTheirs();
                new KnownClientIds(Sandbox.Http, TimeProvider.System).AddReceived(Target, _theirs!.ClientId);
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
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));
        // The read that shows the change, and the one just before the repeat.
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Times = 1 });
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Times = 1, Meanwhile = RotateTheirs });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.SecretLost, _theirs!.ClientId), (failure.Outcome, failure.ClientId));
        Assert.Equal(1, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Fact]
    public async Task Another_change_while_the_repeat_waits_prevents_it()
    {
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));
        Sandbox.Faults.Add(Refusal(429, times: 1, "2") with { Meanwhile = RotateTheirs });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal(RotationOutcome.SecretLost, failure.Outcome);
        Assert.Equal(2, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Fact]
    public async Task Reads_that_contradict_each_other_leave_it_unknown()
    {
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing));
        var made = Description(Target.ApplicationId, "client-made-up");
        Sandbox.Faults.Add(made);

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.Unknown, Old.ClientId), (failure.Outcome, failure.ClientId));
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task After_a_repeat_a_lost_secret_stays_lost_whatever_is_read()
    {
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing) with { Times = 2 });
        // The reads that show the two changes, and the one before the first repeat. The one before the second repeat lags.
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Times = 3 });
        Sandbox.Faults.Add(Description(Target.ApplicationId, Old.ClientId));

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal(RotationOutcome.SecretLost, failure.Outcome);
        Assert.Equal(2, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task Without_the_right_to_read_nothing_is_read_though_there_is_a_reading()
    {
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));

        var failure = await FailsAsync(client, Known(Old.ClientId) with { MayRead = false });

        Assert.Equal((RotationOutcome.Unknown, null), (failure.Outcome, failure.ClientId));
        Assert.Equal((1, 0), (Seen(Operation.Rotation), Seen(Operation.Application)));
    }

    [Fact]
    public async Task What_somebody_rotates_while_the_repeat_waits_for_an_answer_is_not_revoked()
    {
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));

        var failure = await FailsAsync(client, Known(Old.ClientId) with
        {
            BeforeRepeat = async _ =>
            {
                await Task.Delay(100);
                RotateTheirs();
                return true;
            },
        });

        Assert.Equal(RotationOutcome.SecretLost, failure.Outcome);
        Assert.Contains(_theirs!.ClientId, failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Fact]
    public async Task A_read_that_lags_is_made_again()
    {
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));
        Sandbox.Faults.Add(Description(Target.ApplicationId, Old.ClientId) with { Times = 3 });

        var rotated = await client.RotateCredentialsAsync(Target, Known(Old.ClientId), null, Cancellation);

        Assert.Equal((Now().ClientId, Old.ClientId), (rotated.Credential.ClientId, rotated.PreviousClientId));
        Assert.Equal(2, Seen(Operation.Rotation));
    }

    [Theory]
    [InlineData("another", "client-of-another")]
    [InlineData("booking-engine", "")]
    [InlineData("booking-engine", " ")]
    public async Task A_description_of_something_else_tells_nothing(string id, string clientId)
    {
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));
        Sandbox.Faults.Add(Description(id, clientId) with { Times = int.MaxValue });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.Unknown, null), (failure.Outcome, failure.ClientId));
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task A_client_ID_that_is_only_written_differently_is_the_same()
    {
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing));
        Sandbox.Faults.Add(Description("BOOKING-ENGINE", $" {Old.ClientId.ToUpperInvariant()} ") with { Times = int.MaxValue });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal(RotationOutcome.NotConfirmed, failure.Outcome);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Theory]
    [InlineData("3600")]
    [InlineData("-1")]
    [InlineData("made up")]
    public async Task A_read_from_a_cache_says_nothing_about_the_time_after_the_rotation(string age)
    {
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));
        Sandbox.Faults.Add(Description(Target.ApplicationId, Old.ClientId) with
        {
            Times = int.MaxValue,
            Headers = new Dictionary<string, string> { ["Age"] = age },
        });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.Unknown, null), (failure.Outcome, failure.ClientId));
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

    [Theory]
    [InlineData(502, RotationOutcome.SecretLost)]
    [InlineData(200, RotationOutcome.SecretLost)]
    [InlineData(403, RotationOutcome.SecretLost)]
    public async Task What_a_cache_responded_to_the_rotation_is_no_reason_to_repeat_it(int status, RotationOutcome outcome)
    {
        using var client = Client(speed: 5);
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
    public async Task Without_reads_nothing_is_read_and_nothing_repeated_though_the_client_ID_is_known()
    {
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));

        var failure = await FailsAsync(client, Known(Old.ClientId) with { MayRead = false });

        Assert.Equal((RotationOutcome.Unknown, null), (failure.Outcome, failure.ClientId));
        Assert.Equal((1, 0), (Seen(Operation.Rotation), Seen(Operation.Application)));
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
    public async Task Credentials_that_came_with_the_response_to_another_rotation_are_not_revoked_by_a_repeat()
    {
        using var client = Client(speed: 5);
        var another = new ApplicationReference("travel-tech", "operations");
        Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing) with
        {
            Meanwhile = () =>
            {
                RotateTheirs();
                new KnownClientIds(Sandbox.Http, TimeProvider.System).AddReceived(another, _theirs!.ClientId, Target.ApplicationId);
            },
        });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.SecretLost, 1), (failure.Outcome, Seen(Operation.Rotation)));
        TheirsAreValid();
    }

    [Fact]
    public async Task An_application_that_is_being_rotated_is_not_rotated_again()
    {
        using var client = Client();
        using var another = Client();
        var known = Known(Old.ClientId);
        var acting = new TaskCompletionSource();
        Sandbox.Faults.Add(new Fault { Operation = Operation.Rotation, DelayMs = 1000, Times = 1, Meanwhile = acting.SetResult });
        var first = client.RotateCredentialsAsync(Target, known, null, Cancellation);
        await acting.Task.WaitAsync(Cancellation);

        var failure = await FailsAsync(another, known);

        var unmet = Assert.IsType<WinkPreconditionException>(failure.InnerException);
        Assert.Equal((RotationOutcome.NotSent, RotationPrecondition.AlreadyInProgress), (failure.Outcome, unmet.Precondition));
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
    public async Task A_refusal_is_not_checked_where_the_application_cannot_be_read()
    {
        using var client = Client();
        Sandbox.Faults.Add(Refusal(403, times: 1, retryAfter: null));
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Status = 403 });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.Rejected, null), (failure.Outcome, failure.ClientId));
        Assert.Contains("It was not checked whether anything changed.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_refusal_by_rate_nothing_is_read()
    {
        using var client = Client(speed: 5);
        Sandbox.Faults.Add(Refusal(429, int.MaxValue, retryAfter: null));

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.Rejected, null), (failure.Outcome, failure.ClientId));
        Assert.Equal(0, Seen(Operation.Application));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_repeat_can_be_prevented(bool byAnswer)
    {
        using var client = Client(speed: 5);
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
    public async Task What_waits_for_a_rate_limit_is_not_sent_once_no_more_may_be()
    {
        using var client = Client();
        using var noMore = new CancellationTokenSource();
        Sandbox.Faults.Add(Refusal(429, times: 1, "30") with { Meanwhile = () => noMore.CancelAfter(200) });

        var failure = await FailsAsync(client, Known(Old.ClientId) with { NoMoreSends = noMore.Token });

        Assert.Equal(RotationOutcome.Rejected, failure.Outcome);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    private static Fault Lost(FaultMoment moment) => new() { Operation = Operation.Rotation, Moment = moment, Times = 1, Close = true };

    private static Fault Refusal(int status, int times, string? retryAfter) => new()
    {
        Operation = Operation.Rotation,
        Status = status,
        Times = times,
        Headers = retryAfter is null ? [] : new Dictionary<string, string> { ["Retry-After"] = retryAfter },
    };

    private static Fault Description(string id, string clientId) => new()
    {
        Operation = Operation.Application,
        Times = 1,
        Status = 200,
        ContentType = "application/json",
        Body = $$"""{"id":"{{id}}","name":"Made up","clientId":"{{clientId}}"}""",
    };

    private static Task<RotationOutcomeException> FailsAsync(WinkClient client, RotationParameters parameters) =>
        Assert.ThrowsAsync<RotationOutcomeException>(() => client.RotateCredentialsAsync(Target, parameters, null, Cancellation));

    private void LoseBeforeActing(int times) => Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing) with { Times = times });

    private void RotateTheirs() => _theirs = Sandbox.State.Rotate(Target.ManagingEntityId, Target.ApplicationId);

    private void TheirsAreValid() => Assert.Equal((_theirs!.ClientId, _theirs.Secret), (Now().ClientId, Now().Secret));
}
