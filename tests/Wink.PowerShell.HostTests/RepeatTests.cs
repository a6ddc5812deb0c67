using System.Management.Automation;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>A rotation whose secret was lost: when it is repeated, when it is not, and two rotations of one application.</summary>
public sealed class RepeatTests : HostTestBase
{
    private const string Rotate = "Invoke-WinkCredentialRotation travel-tech application-1 @rotation -Confirm:$false";

    private static readonly Fault Lost = Fault.Lost() with { Times = 1 };

    /// <summary>The one of the pause before a read in real time.</summary>
    [Fact]
    public async Task It_is_repeated_with_a_warning_that_says_what_it_rests_on()
    {
        NewBatch(1);
        AddFault(Lost);

        var ran = await RunAsync(Rotate, null);

        AssertValid([Assert.Single(ran.Rotations)]);
        AssertLike(
            "No usable response to the rotation of application 'Application 1' (application-1) of managing entity travel-tech came, and " +
            "within seconds its client ID changed to client-*. The rotation is repeated now, unless the client ID changes again or the " +
            "command is stopped here. This assumes that nobody else rotated the application in those seconds, so that no one " +
            "has the new secret.",
            Assert.Single(ran.Streams.Warning));
        Assert.Equal(2, Sent().Count);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(2, 1)]
    public async Task Where_PowerShell_asks_it_waits_for_the_answer(int answer, int sent)
    {
        await UseQuietTimeAsync();
        NewBatch(1);
        AddFault(Lost);
        var (pipeline, host) = await RunToQuestionAsync();
        await Time.UntilQuietAsync(Cancellation);
        Assert.Equal(["application-1"], Sent());

        host.Answers.Enqueue(answer);
        host.Interrupt.Set();
        await pipeline.RunAsync();

        Assert.Equal(sent, Sent().Count);
        AssertValid(pipeline.Rotations);
        if (answer == 0)
        {
            Assert.Single(pipeline.Rotations);
            Assert.Empty(pipeline.Errors);
        }
        else
        {
            Assert.Empty(pipeline.Rotations);
            AssertLike("ActionPreferenceStop,*", pipeline.End!.FullyQualifiedErrorId);
            Assert.Single(pipeline.Errors, error => IsLike("RotationSecretLost,*", error.FullyQualifiedErrorId));
        }
    }

    [Fact]
    public async Task What_somebody_else_rotated_while_the_person_thought_is_not_revoked()
    {
        NewBatch(1);
        AddFault(Lost);
        var (pipeline, host) = await RunToQuestionAsync();
        var theirs = Sandbox.State.Rotate("travel-tech", "application-1")!;

        host.Answers.Enqueue(0);
        host.Interrupt.Set();
        await pipeline.RunAsync();

        Assert.Equal(theirs, Sandbox.State.FindApplication("travel-tech", "application-1"));
        Assert.Equal(["application-1"], Sent());
        var error = Assert.Single(pipeline.Errors);
        AssertLike("RotationSecretLost,*", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidOperation, error.CategoryInfo.Category);
        AssertLike($"*were changed, by this rotation or by another one*is {theirs.ClientId}, not client-*", error);
        AssertLike("The old credentials are revoked.*If somebody did, theirs are the valid ones*", Advice(error));
    }

    [Fact]
    public async Task With_WarningAction_Stop_and_ErrorAction_Stop_the_person_learns_how_it_ended()
    {
        NewBatch(1);
        AddFault(Fault.Lost() with { Times = 1 });
        var host = new TestHost();

        var ran = await RunAsync(
            "Invoke-WinkCredentialRotation travel-tech application-1 @rotation -Confirm:$false " +
            "-WarningAction Stop -ErrorAction Stop",
            host);

        var told = $"{ran.End}\n{string.Join('\n', ran.Errors)}\n{string.Join('\n', host.Lines)}";
        AssertLike("*credentials of application *(application-1) *were changed*The old credentials are revoked.*", told);
    }

    [Fact]
    public async Task An_application_that_another_runspace_is_rotating_is_not_rotated()
    {
        NewBatch(1);
        using var gate = new ManualResetEventSlim();
        AddFault(new Fault { Operation = Operation.Rotation, Meanwhile = () => gate.Wait(TimeSpan.FromSeconds(20)) });
        var first = NewPipeline(Rotate, null);
        first.Start();
        await SeenAsync(Operation.Rotation);

        var second = await RunAsync(Rotate, null);

        gate.Set();
        await first.RunAsync();
        var error = Assert.Single(second.Errors);
        Assert.Equal("RotationInProgress,Wink.PowerShell.InvokeWinkCredentialRotationCommand", error.FullyQualifiedErrorId);
        AssertLike("The rotation of application *(application-1)*was not sent.*already rotating*", error);
        AssertLike("*Wait for its result*", Advice(error));
        Assert.Empty(second.Output);
        AssertValid([Assert.Single(first.Rotations)]);
        Assert.Equal(["application-1"], Sent());

        // And afterwards it is: by what the first one made.
        var third = await RunAsync(Rotate, null);
        Assert.Equal(first.Rotations[0].ClientId, Assert.Single(third.Rotations).PreviousClientId);
    }

    /// <summary>Runs a rotation until the person sits before the question whether to go on after the warning.</summary>
    private async Task<(Pipeline Pipeline, TestHost Host)> RunToQuestionAsync()
    {
        var host = new TestHost();
        var pipeline = NewPipeline($"{Rotate} -WarningAction Inquire", host);
        pipeline.Start();
        await AskedAsync(host);
        return (pipeline, host);
    }
}
