using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>A read that lags behind a rotation of this process shows a client ID that is revoked. Nothing is concluded from that.</summary>
public sealed class LaggingReadTests : HostTestBase
{
    private const string Rotate = "Invoke-WinkCredentialRotation travel-tech application-1 @rotation -Confirm:$false";
    private const string RotateSelf = "Invoke-WinkCredentialRotation travel-tech operations @rotation -Confirm:$false";

    [Fact]
    public async Task The_own_application_is_known_by_the_client_ID_that_it_had()
    {
        var first = await RunAsync($"{RotateSelf} -IncludeSelf", null);
        Lag("operations", Operator.UserName);

        var second = await RunAsync(RotateSelf, null);

        AssertLike("OwnApplication,*", Assert.Single(second.Errors).FullyQualifiedErrorId);
        Assert.Equal(["operations"], Sent());
        AssertValid(first.Rotations);
    }

    [Fact]
    public async Task The_own_application_is_known_though_another_connection_rotated_it()
    {
        var ran = await RunAsync(
            """
            $one, $other = 1..2 | ForEach-Object { Connect-Wink $operator -ApiUri $uri -IamUri $uri -PassThru }
            Invoke-WinkCredentialRotation travel-tech operations -Connection $one -IncludeSelf -Confirm:$false
            Invoke-WinkCredentialRotation travel-tech operations -Connection $other -Confirm:$false
            """,
            null);

        AssertLike("OwnApplication,*", Assert.Single(ran.Errors).FullyQualifiedErrorId);
        Assert.Equal(["operations"], Sent());
        AssertValid(ran.Rotations);
    }

    [Fact]
    public async Task The_own_application_is_not_repeated()
    {
        await RunAsync($"{RotateSelf} -IncludeSelf", null);
        Lag("operations", Operator.UserName);
        AddFault(Fault.Lost() with { Times = 1 });

        await RunAsync($"{RotateSelf} -IncludeSelf", null);

        Assert.Equal(["operations", "operations"], Sent());
    }

    [Fact]
    public async Task The_prompt_does_not_name_credentials_that_are_revoked()
    {
        NewBatch(1);
        var old = Sandbox.State.FindApplication("travel-tech", "application-1")!;
        await RunAsync(Rotate, null);
        Lag("application-1", old.ClientId, times: 2);
        var host = new TestHost();

        await RunAsync("Invoke-WinkCredentialRotation travel-tech application-1 @rotation -WhatIf", host);

        AssertLike("What if: *The old credentials (client ID not known) stop working immediately.*", Assert.Single(host.Lines));
    }

    [Fact]
    public async Task A_client_ID_that_was_known_before_is_no_change()
    {
        NewBatch(1);
        await RunAsync(Rotate, null);
        Lag("application-1", "client-of-somebody-else");
        AddFault(new Fault { Operation = Operation.Rotation, Status = 403, Times = 1 });

        var ran = await RunAsync(Rotate, null);

        // The read after the refusal shows what this process received: no rotation makes a client ID for the second time.
        AssertLike("RotationRejected,*", Assert.Single(ran.Errors).FullyQualifiedErrorId);
        AssertLike("*It was not checked whether anything changed.*", ran.Errors[0]);
    }

    /// <summary>The next reads of the application show a client ID that it does not have.</summary>
    private void Lag(string id, string clientId, int times = 1) => AddFault(new Fault
    {
        Operation = Operation.Application,
        ApplicationId = id,
        Times = times,
        Status = 200,
        ContentType = "application/json",
        Body = $$"""{"id":"{{id}}","name":"Made up","clientId":"{{clientId}}"}""",
    });
}
