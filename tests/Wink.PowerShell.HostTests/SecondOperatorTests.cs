using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>
/// Somebody else rotates an application in a gap between two steps of its rotation, alone and while 15 others are in flight. Theirs is not
/// revoked, and the error does not say that nobody has the credentials.
/// </summary>
public sealed class SecondOperatorTests : HostTestBase
{
    private const string Id = "application-1";
    private const string Expected = "lost, with -ExpectedClientId";
    private const string BetweenReads = "lost, and between two reads";

    private SandboxApplication? _theirs;

    public static TheoryData<string, int> Gaps()
    {
        // The others would not have the expected client ID.
        var data = new TheoryData<string, int> { { Expected, 1 } };
        foreach (var gap in new[] { "no response", "302", "403", "408", "401", "429", BetweenReads })
        {
            data.Add(gap, 1);
            data.Add(gap, 16);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Gaps))]
    public async Task What_somebody_else_rotates_meanwhile_is_not_revoked(string gap, int inFlight)
    {
        await UseQuietTimeAsync();
        var batch = NewBatch(inFlight);
        var old = Valid();
        var allInFlight = SeenAsync(Operation.Rotation, inFlight);
        AddFaults(gap, allInFlight);
        AddFault(new Fault { Operation = Operation.Rotation, Until = allInFlight });
        RotationParameters["ThrottleLimit"] = inFlight;
        var expected = gap == Expected ? $"-ExpectedClientId {old.ClientId}" : "";

        var ran = await RunAsync($"$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false {expected}", null, batch);

        var error = Assert.Single(ran.Errors);
        AssertLike("RotationSecretLost,*", error.FullyQualifiedErrorId);
        AssertLike("*by this rotation or by another one*", error);
        AssertLike("*If somebody did, theirs are the valid ones*", Advice(error));
        Assert.Equal((_theirs!.ClientId, _theirs.Secret), (Valid().ClientId, Valid().Secret));
        Assert.Single(Sent(), id => id == Id);
        Assert.Equal(inFlight - 1, ran.Rotations.Count);
        AssertValid(ran.Rotations);
    }

    private void AddFaults(string gap, Task allInFlight)
    {
        var fault = new Fault
        {
            Operation = Operation.Rotation,
            ApplicationId = Id,
            Times = 1,
            Until = allInFlight,
            Meanwhile = RotateTheirs,
        };
        AddFault(gap switch
        {
            "no response" => fault with { DelayMs = Timeout.Infinite },
            "302" or "403" or "408" or "401" => fault with { Status = int.Parse(gap, null), Body = "{}" },
            "429" => fault.AsRateLimited("1"),
            BetweenReads => fault with { Moment = FaultMoment.AfterActing, Close = true, Meanwhile = null },
            _ => fault with { Close = true },
        });
        if (gap != BetweenReads)
            return;

        // The look-up and the read that shows the change; then they rotate it, before the read just before the repeat.
        AddFault(new Fault { Operation = Operation.Application, ApplicationId = Id, Times = 2 });
        AddFault(new Fault { Operation = Operation.Application, ApplicationId = Id, Times = 1, Meanwhile = RotateTheirs });
    }

    private void RotateTheirs() => _theirs = Sandbox.State.Rotate("travel-tech", Id);

    private SandboxApplication Valid() => Sandbox.State.FindApplication("travel-tech", Id)!;
}
