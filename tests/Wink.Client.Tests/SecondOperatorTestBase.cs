using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>
/// A test in which somebody else may rotate the same application in one of the gaps between the steps. Nobody's credentials may be revoked
/// on a guess, and nothing untrue may be said.
/// </summary>
public abstract class SecondOperatorTestBase : SandboxTestBase
{
    private SandboxApplication? _theirs;

    /// <summary>What the second operator made.</summary>
    protected SandboxApplication Theirs => _theirs!;

    protected static Fault Lost(FaultMoment moment) => Fault.Lost(moment) with { Times = 1 };

    protected static Fault Refusal(int status, int times, string? retryAfter) => new()
    {
        Operation = Operation.Rotation,
        Status = status,
        Times = times,
        Headers = retryAfter is null ? [] : new Dictionary<string, string> { ["Retry-After"] = retryAfter },
    };

    protected static Fault Description(string id, string clientId) => new()
    {
        Operation = Operation.Application,
        Times = 1,
        Status = 200,
        ContentType = "application/json",
        Body = $$"""{"id":"{{id}}","name":"Made up","clientId":"{{clientId}}"}""",
    };

    protected static Task<RotationOutcomeException> FailsAsync(WinkClient client, RotationParameters parameters) =>
        Assert.ThrowsAsync<RotationOutcomeException>(() => client.RotateCredentialsAsync(Target, parameters, null, Cancellation));

    protected void LoseBeforeActing(int times) => Sandbox.Faults.Add(Lost(FaultMoment.BeforeActing) with { Times = times });

    protected void RotateTheirs() => _theirs = Sandbox.State.Rotate(Target.ManagingEntityId, Target.ApplicationId);

    protected void TheirsAreValid() => Assert.Equal((Theirs.ClientId, Theirs.Secret), (Now().ClientId, Now().Secret));
}
