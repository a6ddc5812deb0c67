using System.Management.Automation;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>Outcomes that take some seconds to find out.</summary>
public sealed class OutcomeTests : HostTestBase
{
    private const string Rotate = "$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false";

    private static readonly Fault Refused = new()
    {
        Operation = Operation.Token,
        Status = 401,
        Body = """{"error":"invalid_client"}""",
    };

    /// <summary>The one of a verification in real time.</summary>
    [Fact]
    public async Task Verification_gets_a_token_with_the_new_credentials_and_tries_again_while_IAM_does_not_know_them()
    {
        AddFault(Refused with { Times = 1 });
        AddFault(new Fault { Operation = Operation.Token, Status = 503, Times = 1 });
        var tokens = Seen(Operation.Token);

        var ran = await RunAsync($"{Rotate} -Verify", null, NewBatch(1));

        Assert.Equal(true, Assert.Single(ran.Rotations).Verified);
        Assert.Equal(tokens + 3, Seen(Operation.Token));
    }

    [Fact]
    public async Task Verification_is_null_when_nobody_asked_for_it()
    {
        var ran = await RunAsync(Rotate, null, NewBatch(1));

        Assert.Null(Assert.Single(ran.Rotations).Verified);
    }

    [Fact]
    public async Task The_credentials_come_out_then_an_error_when_IAM_refuses_them_for_30_seconds()
    {
        await UseQuietTimeAsync();
        AddFault(Refused);

        var ran = await RunAsync($"{Rotate} -Verify", null, NewBatch(1));

        Assert.Equal(false, Assert.Single(ran.Rotations).Verified);
        AssertValid(ran.Rotations);
        AssertLike("RotationNotVerified,*", ran.Errors[0].FullyQualifiedErrorId);
    }

    [Fact]
    public async Task The_outcome_is_unknown_when_the_response_is_lost_and_the_client_ID_cannot_be_read()
    {
        await UseQuietTimeAsync();
        AddFault(new Fault { Operation = Operation.Application, Status = 403 });
        AddFault(Fault.Lost());

        var ran = await RunAsync(Rotate, null, NewBatch(1));

        AssertLike("RotationOutcomeUnknown,*", ran.Errors[0].FullyQualifiedErrorId);
        AssertLike("*may be revoked*Test-WinkCredential*", Advice(ran.Errors[0]));
        Assert.Equal(["application-1"], Sent());
    }

    /// <summary>The one of such a delay in real time.</summary>
    [Fact]
    public async Task It_waits_as_long_as_Wink_asks_and_shows_it_as_progress()
    {
        AddFault(Fault.RateLimited("1") with { Times = 1 });

        var ran = await RunAsync(Rotate, null, NewBatch(1));

        Assert.Single(ran.Rotations);
        Assert.Contains(
            ran.Progress,
            bar => IsLike("*asks to wait: 1 s left. 0 rotated, 0 failed, 0 in flight, 1 waiting", bar.StatusDescription));
        Assert.Equal(ProgressRecordType.Completed, ran.Progress[^1].RecordType);
    }
}
