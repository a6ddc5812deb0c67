using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>-RehearseSave: a vault that cannot be written shows while the old credentials are valid.</summary>
public sealed class RehearsalTests : SaveTestBase
{
    private const string Rehearse =
        """
        Invoke-WinkCredentialRotation travel-tech application-1 @rotation -Confirm:$false -CurrentCredential $batch.Current -RehearseSave
        """;

    [Fact]
    public async Task The_current_credentials_are_saved_before_it_is_sent_and_the_new_ones_afterwards()
    {
        var sent = new List<int>();
        Vault.Meanwhile = _ => sent.Add(Sent().Count);
        var old = NewOne();

        var ran = await RunAsync($$"""{{Rehearse}} -SaveWith { $batch.Vault.Save($_) }""");

        Assert.Equal([0, 1], sent);
        Assert.Equal([true, false], Vault.Attempts.Select(attempt => attempt.IsRehearsal));
        Assert.Equal([old.ClientId, Valid(1).ClientId], Vault.Attempts.Select(attempt => attempt.ClientId));
        Assert.Equal([null, null], Vault.Attempts.Select(attempt => attempt.Saved));
        Assert.True(Vault.Holds("application-1", Valid(1).Secret));
        Assert.True(Assert.Single(ran.Rotations).Saved);
        Assert.False(ran.Rotations[0].IsRehearsal);
        Assert.Single(await HistoryAsync());
    }

    [Theory]
    [InlineData("$batch.Vault.Save($_)", "*made-up locked vault, not for ***")]
    [InlineData("Set-Content /made-up/missing/file $_.ClientId", "*Could not find*")]
    [InlineData("Get-Credential", "*")]
    [InlineData("Read-Host -AsSecureString", "*")]
    public async Task Nothing_is_sent_where_the_vault_cannot_be_written(string block, string says)
    {
        Vault.IsLocked = true;
        var old = NewOne();

        var ran = await RunAsync($$"""{{Rehearse}} -SaveWith { {{block}} }""");

        AssertRefused(ran, "SaveUnavailable", $"*were not rotated, and nothing was sent, since the rehearsal of -SaveWith failed: {says}");
        Assert.Equal(old, Valid(1));
        Assert.Empty(await HistoryAsync());
        AssertNoSecret(AllText(ran));
    }

    [Fact]
    public async Task Where_the_credentials_changed_during_the_rehearsal_it_says_that_revoked_ones_may_be_in_the_vault()
    {
        NewOne();
        Vault.Meanwhile = _ => Sandbox.State.Rotate("travel-tech", "application-1");

        var ran = await RunAsync($$"""{{Rehearse}} -SaveWith { $batch.Vault.Save($_) }""");

        AssertRefused(
            ran,
            "CurrentCredentialRefused",
            $"*nothing was sent: its client ID is {Valid(1).ClientId}, not *" +
                "The rehearsal of -RehearseSave may have put revoked credentials into the vault: save the valid ones.*");
    }

    [Fact]
    public async Task What_the_rehearsal_must_not_save_it_does_not()
    {
        var current = NewCredential(NewOne().ClientId, "made-up-old-secret");

        var ran = await RunAsync(
            $$"""{{Rehearse}} -SaveWith { $batch.Vault.Save($_) }""", null, new { Vault, Current = current });

        AssertRefused(ran, "CurrentCredentialRefused", "*IAM refuses -CurrentCredential.*");
        Assert.Empty(Vault.Attempts);
    }

    [Fact]
    public async Task Stopped_during_the_rehearsal_it_sends_nothing()
    {
        NewOne();
        var pipeline = NewPipeline(
            $$"""{{Rehearse}} -SaveWith { $batch.Vault.Save($_); Start-Sleep 60 }""", null, new { Vault, Current = ValidCredential(1) });
        pipeline.Start();
        await UntilAsync(() => Vault.Attempts.Count > 0);

        await pipeline.StopAsync();

        Assert.Empty(Sent());
        Assert.Empty(await HistoryAsync());
    }

    [Theory]
    [InlineData("-RehearseSave", "-RehearseSave needs -SaveWith.")]
    [InlineData("-RehearseSave -SaveWith { $null }", "-RehearseSave needs -CurrentCredential. Nothing was sent for application-1.*")]
    public async Task It_needs_what_it_saves_and_what_it_saves_with(string parameters, string says)
    {
        NewBatch(1);

        var ran = await RunAsync(
            $"Invoke-WinkCredentialRotation travel-tech application-1 @rotation -Confirm:$false {parameters}", null);

        AssertLike("InvalidArgument,*", ran.End?.FullyQualifiedErrorId);
        AssertLike(says, ran.End);
        Assert.Empty(Sent());
    }

    private SandboxApplication NewOne()
    {
        NewBatch(1);
        return Valid(1);
    }

    private Task<Pipeline> RunAsync(string script) => RunAsync(script, null, new { Vault, Current = ValidCredential(1) });
}
