using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>
/// Switch-WinkCredential: the standby is rotated, verified, saved and verified again, and the one in use is never touched.
/// </summary>
public sealed class SwitchTests : SwitchTestBase
{
    private static readonly Fault RefusedByIam = new()
    {
        Operation = Operation.Token,
        Status = 401,
        Body = """{"error":"invalid_client"}""",
    };

    [Fact]
    public async Task It_verifies_before_it_saves_and_after_it()
    {
        AddPair();
        var old = A;
        var tokens = Seen(Operation.Token);
        var beforeSave = 0;
        Vault.BeforeSave = () => beforeSave = Seen(Operation.Token);

        var ran = await SwitchAsync();

        var rotation = Assert.Single(ran.Rotations);
        Assert.Equal(("booking-b", true, true), (rotation.ApplicationId, rotation.Verified, rotation.Saved));
        Assert.Equal((B.ClientId, old), (Vault.Current.UserName, A));
        // The credentials in use, and the new ones, before; the new ones after it.
        Assert.Equal((tokens + 2, tokens + 3), (beforeSave, Seen(Operation.Token)));
        Assert.Empty(ran.Errors);
    }

    [Fact]
    public async Task WhatIf_names_both_and_sends_nothing()
    {
        AddPair();
        var host = new TestHost();

        var ran = await SwitchAsync($"{Switch} -WhatIf", host);

        AssertLike(
            $"What if: *the standby, application 'Booking b' (booking-b) *{B.ClientId}), which nothing should use, stop working " +
            "immediately. Application 'Booking a' (booking-a) is in use, and is not touched.",
            Assert.Single(host.Lines));
        Assert.Empty(ran.Errors);
        Assert.Empty(Sent());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 0)]
    public async Task It_asks_before_it_sends(int answer, int sent)
    {
        AddPair();
        var host = new TestHost { Answers = new([answer]) };

        await SwitchAsync(Switch, host);

        AssertLike(
            "*(booking-b)*In use:          'Booking a' (booking-a), which is not touched*Continue?", Assert.Single(host.Questions));
        Assert.Equal(sent, Sent().Count);
        Assert.Equal(sent, Vault.Saves);
    }

    [Fact]
    public async Task What_IAM_refuses_is_not_saved_and_the_next_switch_waits_until_it_is_cleared()
    {
        await UseQuietTimeAsync();
        AddPair();
        AddFault(new Fault { Operation = Operation.Token, Times = 1 });
        AddFault(RefusedByIam);
        var before = Vault.Current;

        var ran = await SwitchAsync();

        var rotation = Assert.Single(ran.Rotations);
        Assert.Equal((false, false), (rotation.Verified, rotation.Saved));
        Assert.Equal(["RotationNotSaved", "RotationNotVerified"], ErrorIds(ran));
        AssertLike("*was not touched*Do not save the new ones before Test-WinkCredential*", Advice(ran.Errors[0]));
        Assert.Equal((0, before), (Vault.Saves, Vault.Current));
        Assert.True(IsValid(before));
        await AssertNextIsRefusedUntilClearedAsync();
    }

    [Fact]
    public async Task What_IAM_does_not_tell_of_is_not_saved()
    {
        await UseQuietTimeAsync();
        AddPair();
        AddFault(new Fault { Operation = Operation.Token, Times = 1 });
        AddFault(new Fault { Operation = Operation.Token, Status = 503 });

        var ran = await SwitchAsync();

        Assert.Equal((null, false), (Assert.Single(ran.Rotations).Verified, ran.Rotations[0].Saved));
        Assert.Equal(["RotationNotSaved", "RotationNotVerified"], ErrorIds(ran));
        Assert.Equal(0, Vault.Saves);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_save_that_fails_leaves_valid_credentials_in_the_vault(bool isSaved)
    {
        AddPair();
        (Vault.FailsBefore, Vault.FailsAfter) = (!isSaved, isSaved);

        var ran = await SwitchAsync();

        Assert.Equal((true, false), (Assert.Single(ran.Rotations).Verified, ran.Rotations[0].Saved));
        Assert.Equal(["RotationNotSaved"], ErrorIds(ran));
        AssertLike("*in use was not touched*may have been saved even so*", Advice(ran.Errors[0]));
        Assert.True(IsValid(Vault.Current));
        (Vault.FailsBefore, Vault.FailsAfter) = (false, false);
        if (!isSaved)
            await AssertNextIsRefusedUntilClearedAsync();
        else
            Assert.Equal(["booking-a"], Applications((await SwitchAsync()).Rotations));
    }

    [Fact]
    public async Task After_a_save_that_failed_it_goes_on_when_the_credentials_of_the_history_are_saved()
    {
        AddPair();
        Vault.FailsBefore = true;
        await SwitchAsync();
        Vault.FailsBefore = false;

        await RunAsync("$batch.Save((Get-WinkCredentialRotation -Connection $wink).Credential)", null, Vault);

        Assert.Equal(["booking-a"], Applications((await SwitchAsync()).Rotations));
        Assert.True(IsValid(Vault.Current));
    }

    [Fact]
    public async Task It_says_so_when_somebody_rotates_the_application_while_it_is_saved()
    {
        await UseQuietTimeAsync();
        AddPair();
        Vault.BeforeSave = () => Sandbox.State.Rotate("travel-tech", "booking-b");

        var ran = await SwitchAsync();

        Assert.Equal((false, true), (Assert.Single(ran.Rotations).Verified, ran.Rotations[0].Saved));
        Assert.Equal(["RotationNotVerified"], ErrorIds(ran));
        AssertLike("*save those that were in use before*", Advice(ran.Errors[0]));
    }

    [Fact]
    public async Task Nothing_is_sent_when_a_second_operator_rotates_the_standby_meanwhile()
    {
        await UseQuietTimeAsync();
        AddPair();
        var host = new TestHost();
        var ran = NewPipeline(Switch, host, Vault);
        ran.Start();
        await AskedAsync(host);
        Sandbox.State.Rotate("travel-tech", "booking-b");
        AddFault(new Fault { Operation = Operation.Application, ApplicationId = "booking-b", Status = 403 });
        host.Answers.Enqueue(0);
        // The look-up is older than it may be.
        Time.Advance(TimeSpan.FromSeconds(5.1));
        host.Interrupt.Set();
        await ran.RunAsync();

        AssertRefused(ran, "*(booking-b) *Its client ID *", "UnexpectedClientId");
    }

    [Theory]
    [InlineData(FaultMoment.BeforeActing, "RotationNotConfirmed")]
    [InlineData(FaultMoment.AfterActing, "RotationSecretLost")]
    public async Task A_lost_response_costs_nothing(FaultMoment moment, string id)
    {
        await UseQuietTimeAsync();
        AddPair();
        AddFault(Fault.Lost(moment) with { Times = 1 });
        var before = Vault.Current;

        Assert.Equal([id], ErrorIds(await SwitchAsync()));
        Assert.Equal((before, 0), (Vault.Current, Vault.Saves));
        Assert.True(IsValid(before));

        Assert.Equal(["booking-b"], Applications((await SwitchAsync()).Rotations));
        Assert.True(IsValid(Vault.Current));
        Assert.True(IsValid(before));
    }

    [Theory]
    [InlineData(Operation.Application, 1, 0, 0)]
    [InlineData(Operation.Token, 1, 0, 0)]
    [InlineData(Operation.Rotation, 1, 1, 0)]
    [InlineData(Operation.Token, 2, 1, 0)]
    [InlineData(Operation.Token, 3, 1, 1)]
    public async Task Stopped_in_any_step_it_leaves_valid_credentials_in_the_vault(Operation step, int times, int sent, int saves)
    {
        AddPair();
        var gate = NewGate();
        var before = Seen(step);
        if (times > 1)
            AddFault(new Fault { Operation = step, Times = times - 1 });

        AddFault(new Fault { Operation = step, Until = gate.Task });
        var ran = NewPipeline(SwitchNow, new TestHost(), Vault);
        ran.Start();
        await SeenAsync(step, before + times);

        var stopping = ran.StopAsync();
        if (step == Operation.Rotation)
            gate.SetResult();

        await stopping;
        Assert.Equal(sent, Sent().Count);
        Assert.Equal(saves, Vault.Saves);
        Assert.True(IsValid(Vault.Current));
        Assert.Equal(sent, Wink.Live!.History.Rotations.Count);
    }

    [Fact]
    public async Task Stopped_while_it_saves_it_tells_where_the_credentials_are()
    {
        AddPair();
        var host = new TestHost();
        var script = SwitchNow.Replace("{ $batch.Save", "{ $slow.Run(); Start-Sleep 60; $batch.Save", StringComparison.Ordinal);
        // Only Start-Sleep holds it up, which can be stopped.
        Slow.End();
        Vault.BeforeSave = () => Assert.Fail("It was stopped.");
        var ran = NewPipeline(script, host, Vault);
        ran.Start();
        await UntilAsync(() => Slow.WasCalled);
        Assert.True(Assert.Single(Wink.Live!.History.Rotations).Verified);

        await ran.StopIfRunningAsync();

        Assert.Contains(host.Lines, line => IsLike("*(booking-b) was rotated. Its new credentials are in Get-Wink*", line));
        Assert.Contains(host.Lines, line => IsLike("*its new credentials were not saved*The application in use was not touched*", line));
        Assert.True(IsValid(Vault.Current));
    }

    private async Task AssertNextIsRefusedUntilClearedAsync()
    {
        Sandbox.Faults.Clear();
        var sent = Sent().Count;
        Assert.Equal(["SwitchRefused"], ErrorIds(await SwitchAsync()));
        Assert.Equal(sent, Sent().Count);

        await RunAsync("Clear-WinkCredentialRotation -Connection $wink -Confirm:$false", null);
        Assert.Equal(["booking-b"], Applications((await SwitchAsync()).Rotations));
        Assert.True(IsValid(Vault.Current));
    }
}
