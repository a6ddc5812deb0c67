using System.Diagnostics;
using System.Net;
using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>Responses to another request.</summary>
[Trait("Runtime", "Each")]
public sealed class MixedUpResponseTests : SandboxTestBase
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task A_server_one_response_behind_on_each_connection_costs_nothing(int inFlight)
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault { Operation = Operation.Rotation, Behind = FaultLeg.Connection });

        var (rotated, failures) = await RotateAllAsync(client, count: 60, inFlight);
        var listed = await client.ListApplicationsAsync(Target.ManagingEntityId, null, Cancellation).ToListAsync(Cancellation);

        Assert.Empty(failures);
        Assert.Equal(60, rotated);
        Assert.Equal(60, Seen(Operation.Rotation));
        Assert.Equal(62, listed.Count);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(32, 16)]
    public async Task A_gateway_one_response_behind_is_noticed_and_no_credentials_come_out_as_another_application_s(int count, int inFlight)
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault { Operation = Operation.Rotation, Behind = FaultLeg.Upstream });

        var (rotated, failures) = await RotateAllAsync(client, count, inFlight);

        // The first response is its own.
        Assert.Equal(1, rotated);
        Assert.Equal(count - 1, failures.Count);
        Assert.All(failures, failure => Assert.Equal(RotationOutcome.Unknown, failure.Outcome));
        // Each response is the only copy of its credentials, under the id that it names. Only the first one came twice.
        Assert.Equal(
            count - 1,
            failures.Count(failure => failure.Received is { } received && Sandbox.State.Issued(
                received.ResponseApplicationId!, received.Credential.ClientId, Plain(received), since: 0)));
        Assert.Equal(count, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task The_lost_response_to_the_first_request_that_comes_to_the_second_is_taken()
    {
        using var client = Client();
        Sandbox.Faults.Add(Fault.Lost() with { Times = 1 });
        Sandbox.Faults.Add(new Fault { Operation = Operation.Rotation, Replays = true, Times = 1 });
        var progress = new RecordingProgress();

        var rotated = await client.RotateCredentialsAsync(Target, Known(Old.ClientId), progress, Cancellation);

        Assert.Equal((Now().ClientId, Now().Secret), (rotated.Credential.ClientId, Plain(rotated)));
        Assert.Contains("was known before", progress.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lost_response_to_the_first_request_is_not_taken_when_the_second_took_effect_as_well()
    {
        using var client = Client();
        Sandbox.Faults.Add(Fault.Lost() with { Times = 1 });
        Sandbox.Faults.Add(new Fault { Operation = Operation.Rotation, Moment = FaultMoment.AfterActing, Replays = true, Times = 1 });

        var failure = await FailsAsync(client, Old.ClientId);

        Assert.Equal(RotationOutcome.SecretLost, failure.Outcome);
        Assert.NotNull(failure.Received);
        Assert.Equal(2, Seen(Operation.Rotation));
    }

    [Theory]
    [InlineData("another", "another application (another)")]
    [InlineData(null, "named no application")]
    public async Task Credentials_that_name_another_application_are_taken_with_a_warning_when_the_client_ID_is_this_one_s(
        string? id, string warning)
    {
        using var client = Client();
        var named = id is null ? "" : $"\"id\":\"{id}\",";
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Moment = FaultMoment.AfterActing,
            Times = 1,
            Status = 200,
            Body = $"{{{named}\"clientId\":{{clientId}},\"secretKey\":{{secretKey}}}}",
        });
        var progress = new RecordingProgress();

        var rotated = await client.RotateCredentialsAsync(Target, Known(Old.ClientId), progress, Cancellation);

        Assert.Equal(Now().ClientId, rotated.Credential.ClientId);
        Assert.Contains(warning, progress.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_that_name_no_application_are_kept_when_the_application_cannot_be_read()
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Status = 403 });
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Moment = FaultMoment.AfterActing,
            Times = 1,
            Status = 200,
            Body = """{"clientId":{clientId},"secretKey":{secretKey}}""",
        });

        var failure = await FailsAsync(client);

        Assert.Equal(RotationOutcome.Unknown, failure.Outcome);
        Assert.Equal(Now().ClientId, failure.Received?.Credential.ClientId);
    }

    [Fact]
    public async Task The_client_ID_of_another_application_s_description_proves_nothing()
    {
        using var client = Client();
        const string Foreign = """{"id":"another","clientId":"client-of-another","secretKey":"made-up-secret-of-another"}""";
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Moment = FaultMoment.AfterActing,
            Times = 1,
            Status = 200,
            Body = Foreign,
        });
        Sandbox.Faults.Add(new Fault { Operation = Operation.Application, Status = 200, Body = Foreign });

        var failure = await FailsAsync(client, Old.ClientId);

        Assert.Equal(RotationOutcome.Unknown, failure.Outcome);
        Assert.Equal("client-of-another", failure.Received?.Credential.ClientId);
    }

    [Fact]
    public async Task Of_several_credentials_those_that_the_application_has_are_taken()
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Moment = FaultMoment.AfterActing,
            Status = 200,
            Body = """[{"id":"booking-engine","clientId":"client-older","secretKey":"made-up-older"},{response}]""",
        });
        var progress = new RecordingProgress();

        var rotated = await client.RotateCredentialsAsync(Target, Known(Old.ClientId), progress, Cancellation);

        Assert.Equal((Now().ClientId, Now().Secret), (rotated.Credential.ClientId, Plain(rotated)));
        Assert.Contains("several credentials", progress.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_that_quotes_example_credentials_is_no_rotation()
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Status = 400,
            Body = """
                {"title":"Bad Request","example":{"id":"booking-engine","clientId":"client-example","secretKey":"made-up-example"}}
                """,
        });

        var failure = await FailsAsync(client, Old.ClientId);

        Assert.Equal(RotationOutcome.Unknown, failure.Outcome);
        Assert.Contains("it came with status 400", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Damaged_credentials_are_taken_only_when_IAM_accepts_them(bool spoilsTheSecret)
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Moment = FaultMoment.AfterActing,
            Status = 200,
            Body = spoilsTheSecret ? """{"id":"booking-engine","clientId":{clientId},"secretKey":"made-up-other-bits"}""" : "{response}",
            Codings = ["gzip"],
            Spoil = 8,
        });

        var failure = await Record.ExceptionAsync(() => client.RotateCredentialsAsync(Target, Known(Old.ClientId), null, Cancellation));

        Assert.Equal(spoilsTheSecret ? RotationOutcome.Unknown : null, (failure as RotationOutcomeException)?.Outcome);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    /// <summary>Checks all received credentials against those that the server made for the application.</summary>
    private async Task<(int Rotated, IReadOnlyList<RotationOutcomeException> Failures)> RotateAllAsync(
        WinkClient client, int count, int inFlight)
    {
        var before = Enumerable.Range(1, count)
            .Select(number => Sandbox.State.AddApplication(
                Target.ManagingEntityId, $"application-{number}", $"Application {number}", "account.read"))
            .ToArray();
        var began = Stopwatch.GetTimestamp();
        var rotated = 0;
        var failures = new List<RotationOutcomeException>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = inFlight, CancellationToken = Cancellation };
        await Parallel.ForEachAsync(before, options, async (old, cancellation) =>
        {
            try
            {
                var reference = new ApplicationReference(old.ManagingEntityId, old.Id);
                var made = await client.RotateCredentialsAsync(reference, Known(old.ClientId), null, cancellation);
                Assert.True(
                    Sandbox.State.Issued(old.Id, made.Credential.ClientId, Plain(made), began), $"{old.Id} got other credentials.");
                Interlocked.Increment(ref rotated);
            }
            catch (RotationOutcomeException failure)
            {
                lock (failures)
                    failures.Add(failure);
            }
        });
        return (rotated, failures);
    }

    private static string Plain(RotatedCredential rotated) => new NetworkCredential("", rotated.Credential.Secret).Password;
}
