using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>What a read after the rotation proves, and what it does not.</summary>
[Trait("Runtime", "Each")]
public sealed class OutcomeReadTests : SecondOperatorTestBase
{
    [Fact]
    public async Task Reads_that_contradict_each_other_leave_it_unknown()
    {
        using var client = Client();
        Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing));
        var made = Description(Target.ApplicationId, "client-made-up");
        Sandbox.Faults.Add(made);

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.Unknown, Old.ClientId), (failure.Outcome, failure.ClientId));
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task A_read_that_lags_is_made_again()
    {
        using var client = Client();
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));
        Sandbox.Faults.Add(Description(Target.ApplicationId, Old.ClientId) with { Times = 3 });

        var rotated = await client.RotateCredentialsAsync(Target, Known(Old.ClientId), null, Cancellation);

        Assert.Equal((Now().ClientId, Old.ClientId), (rotated.Credential.ClientId, rotated.PreviousClientId));
        Assert.Equal(2, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task A_client_ID_from_before_the_baseline_is_no_change()
    {
        using var client = Client();
        await client.RotateCredentialsAsync(Target, Known(Old.ClientId), null, Cancellation);
        Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing));
        Sandbox.Faults.Add(Description(Target.ApplicationId, Old.ClientId) with { Times = int.MaxValue });

        var failure = await FailsAsync(client, Known(Now().ClientId));

        Assert.Equal((RotationOutcome.Unknown, null), (failure.Outcome, failure.ClientId));
        Assert.Equal(2, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task A_client_ID_that_was_looked_up_before_the_baseline_is_no_change()
    {
        using var client = Client();
        var reading = new ClientIdReading(Old.ClientId, Time.GetTimestamp() - (6 * Time.TimestampFrequency));
        RotateTheirs();
        Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing) with
        {
            Meanwhile = () => Sandbox.Faults.Add(Description(Target.ApplicationId, Old.ClientId) with { Times = int.MaxValue }),
        });

        var failure = await FailsAsync(client, new RotationParameters { Reading = reading });

        Assert.Equal((RotationOutcome.Unknown, null), (failure.Outcome, failure.ClientId));
        Assert.Equal(1, Seen(Operation.Rotation));
        TheirsAreValid();
    }

    [Theory]
    [InlineData("another", "client-of-another")]
    [InlineData("booking-engine", "")]
    [InlineData("booking-engine", " ")]
    public async Task A_description_of_something_else_tells_nothing(string id, string clientId)
    {
        using var client = Client();
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));
        Sandbox.Faults.Add(Description(id, clientId) with { Times = int.MaxValue });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.Unknown, null), (failure.Outcome, failure.ClientId));
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task A_client_ID_that_is_only_written_differently_is_the_same()
    {
        using var client = Client();
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
        using var client = Client();
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));
        Sandbox.Faults.Add(Description(Target.ApplicationId, Old.ClientId) with
        {
            Times = int.MaxValue,
            Headers = new Dictionary<string, string> { ["Age"] = age },
        });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.Unknown, null), (failure.Outcome, failure.ClientId));
    }

    [Fact]
    public async Task Without_reads_nothing_is_read_and_nothing_repeated_though_the_client_ID_is_known()
    {
        using var client = Client();
        Sandbox.Faults.Add(Lost(FaultMoment.AfterActing));

        var failure = await FailsAsync(client, Known(Old.ClientId) with { MayRead = false });

        Assert.Equal((RotationOutcome.Unknown, null), (failure.Outcome, failure.ClientId));
        Assert.Equal((1, 0), (Seen(Operation.Rotation), Seen(Operation.Application)));
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
        using var client = Client();
        Sandbox.Faults.Add(Refusal(429, int.MaxValue, retryAfter: null));

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((RotationOutcome.Rejected, null), (failure.Outcome, failure.ClientId));
        Assert.Equal(0, Seen(Operation.Application));
    }

    [Theory]
    [InlineData(true, RotationOutcome.Rejected)]
    [InlineData(false, RotationOutcome.NotConfirmed)]
    public async Task A_read_that_took_long_says_nothing_of_the_time_at_which_it_came(bool isRefused, RotationOutcome outcome)
    {
        using var client = Client();
        Sandbox.Faults.Add(isRefused ? Refusal(403, times: 1, null) : Lost(FaultMoment.BeforeActing));
        // Those that show no change, for a lost one, and then the last.
        if (!isRefused)
            Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Times = 3 });

        // Wink reads the client ID, somebody else changes it, and what was read comes much later.
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Application,
            Moment = FaultMoment.AfterActing,
            Times = 1,
            Afterwards = RotateTheirs,
            DelayMs = 20_000,
            Status = 200,
            ContentType = "application/json",
            Body = "{response}",
        });

        var failure = await FailsAsync(client, Known(Old.ClientId));

        Assert.Equal((outcome, Old.ClientId), (failure.Outcome, failure.ClientId));
        Assert.True(
            Sandbox.State.HadClientId(Target.ApplicationId, Old.ClientId, failure.At, failure.At),
            $"It had {Theirs.ClientId} at {failure.At:O}, but: {failure.Message}");
    }
}
