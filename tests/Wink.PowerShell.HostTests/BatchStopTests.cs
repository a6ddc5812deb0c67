using System.Management.Automation;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>Outcomes after which a batch sends nothing more: each application that was not attempted is one error.</summary>
public sealed class BatchStopTests : HostTestBase
{
    private const string Rotate = "$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false";

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task It_stops_after_a_rotation_that_may_still_take_effect(int limit)
    {
        await UseQuietTimeAsync();
        RotationParameters["ThrottleLimit"] = limit;
        var pipeline = NewPipeline(Rotate, null, NewBatch(8));
        AddFault(Fault.Lost(FaultMoment.BeforeActing) with { ApplicationId = "application-1" });
        AddFault(InFlightUntilAnErrorOf(pipeline));

        await pipeline.RunAsync();

        AssertStopped(pipeline, "RotationNotConfirmed", limit);
        Assert.Single(
            pipeline.Errors,
            error => IsLike("*since the rotation of application *(application-1) may still cost its credentials.*", $"{error}"));
        Assert.Equal(limit - 1, pipeline.Rotations.Count);
        AssertValid(pipeline.Rotations);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task It_stops_after_credentials_that_IAM_refuses(int limit)
    {
        await UseQuietTimeAsync();
        RotationParameters["ThrottleLimit"] = limit;
        AddFault(new Fault { Operation = Operation.Token, Status = 401, Body = """{"error":"invalid_client"}""" });

        var ran = await RunAsync($"{Rotate} -Verify", null, NewBatch(8));

        // The first is verified before others are sent.
        AssertStopped(ran, "RotationNotVerified", sent: 1);
        AssertLike("*since IAM refuses the new credentials of application 'Application 1' (application-1).", ran.Errors[1]);
        // The reason once: the others are short.
        AssertLike("Not attempted either, and unchanged by this command: application application-8 of *", ran.Errors[^1]);
        Assert.DoesNotContain('\n', $"{ran.Errors[^1]}");
        Assert.Equal(false, Assert.Single(ran.Rotations).Verified);
        AssertValid(ran.Rotations);
    }

    [Fact]
    public async Task What_waits_for_a_rate_limit_is_not_sent_after_it_stopped()
    {
        await UseQuietTimeAsync();
        // Its outcome is unknown, and that is found out at the end of the pause that the other one waits for, or just before it.
        AddFault(Fault.Lost(FaultMoment.BeforeActing) with
        {
            ApplicationId = "application-1",
            Until = UntilAsync(() => Sent().Contains("application-2")),
        });
        AddFault(Fault.RateLimited("50") with
        {
            ApplicationId = "application-2",
            Times = 1,
            // The look-up of the other one, and the first read that is to tell what became of it.
            Until = UntilAsync(() => Sandbox.Journal.Of(Operation.Application).Count(IsOfTheOther) >= 2),
            LetsTimePass = true,
        });
        var ran = NewPipeline(Rotate, null, NewBatch(2));
        AddFault(new Fault { Operation = Operation.Application, ApplicationId = "application-1", Status = 403 });

        await ran.RunAsync();

        Assert.Equal(["application-1", "application-2"], Sent());
        Assert.Equal(2, ran.Errors.Count);
        Assert.Single(ran.Errors, error => Is(error, "RotationOutcomeUnknown,*", "*application-1* *is unknown*"));
        Assert.Single(ran.Errors, error => Is(error, "RotationRejected,*", "*refused*application-2* *"));

        static bool IsOfTheOther(RecordedRequest request) => request.Target.EndsWith("/application-1", StringComparison.Ordinal);

        static bool Is(ErrorRecord error, string id, string says) => IsLike(id, error.FullyQualifiedErrorId) && IsLike(says, error);
    }

    /// <summary>The others are in flight until the first error is written.</summary>
    private static Fault InFlightUntilAnErrorOf(Pipeline pipeline) => new()
    {
        Operation = Operation.Rotation,
        Until = UntilAsync(() => pipeline.Streams.Error.Count > 0),
        LetsTimePass = true,
    };

    /// <summary>The first of eight ended in this way, so many were sent, and each of the others is one error.</summary>
    private void AssertStopped(Pipeline pipeline, string id, int sent)
    {
        Assert.Equal(Enumerable.Range(1, sent).Select(number => $"application-{number}"), Sent());
        Assert.Single(pipeline.Errors, error => IsLike($"{id},*", error.FullyQualifiedErrorId));
        Assert.Equal(
            Enumerable.Range(sent + 1, 8 - sent).Select(number => $"application-{number}"),
            pipeline.Errors
                .Where(error => IsLike("RotationNotAttempted,*", error.FullyQualifiedErrorId))
                .Select(error => Target(error).ApplicationId));
    }
}
