namespace Wink.PowerShell.HostTests;

/// <summary>Script blocks that could not save, or that end in an unusual way.</summary>
public sealed class SaveBlockTests : SaveTestBase
{
    private const string Stop = "throw [Management.Automation.PipelineStoppedException]::new()";

    private const string RotateOne = "Invoke-WinkCredentialRotation travel-tech application-1 @rotation -Confirm:$false";

    [Theory]
    [InlineData("{ }", "*is empty*")]
    [InlineData("{ begin { $batch.Vault } end { $batch.Vault.Save($_) } }", "*has clauses*")]
    [InlineData("{ process { $batch.Vault.Save($_) } }", "*has clauses*")]
    [InlineData("{ end { $batch.Vault.Save($_) } }", "*has clauses*")]
    [InlineData("{ param($Rotation) $batch.Vault.Save($Rotation) }", "*has parameters: the rotation is $_.*")]
    [InlineData("{ param([Parameter(Mandatory)] $Rotation) $batch.Vault.Save($Rotation) }", "*has parameters*")]
    [InlineData("(Get-Item function:Save-All).ScriptBlock", "*has parameters*")]
    [InlineData("(Get-Item function:Save-Each).ScriptBlock", "*has clauses*")]
    public async Task A_block_that_could_not_save_is_refused_before_anything_is_sent(string block, string says)
    {
        var ran = await SaveAsync(
            $$"""
            function Save-All($Rotation) { $batch.Vault.Save($Rotation) }
            filter Save-Each { $batch.Vault.Save($_) }
            {{RotateOne}} -SaveWith {{block}}
            """);

        AssertLike("ParameterArgumentValidationError,*", ran.End?.FullyQualifiedErrorId);
        AssertLike(says, ran.End);
        Assert.Empty(Sent());
    }

    [Theory]
    [InlineData("{ param() $batch.Vault.Save($_) }")]
    [InlineData("(Get-Item function:Save-It).ScriptBlock")]
    public async Task A_block_without_parameters_may_say_so_or_be_a_function(string block)
    {
        var ran = await SaveAsync($$"""function Save-It { $batch.Vault.Save($_) }; {{RotateOne}} -SaveWith {{block}}""");

        Assert.True(Assert.Single(ran.Rotations).Saved);
        Assert.True(Vault.Holds("application-1", Valid(1).Secret));
    }

    [Fact]
    public async Task A_block_that_ends_as_if_it_was_stopped_has_not_saved()
    {
        var ran = await SaveAsync($"{Rotate} -SaveWith {{ {Stop} }}; 'next'", 2);

        Assert.False(Assert.Single(ran.Rotations).Saved);
        AssertLike("*were not saved by -SaveWith*: It was stopped before its end.", Assert.Single(Errors(ran, "RotationNotSaved")));
        Assert.Single(Errors(ran, "RotationNotAttempted"));
        Assert.Equal("next", ran.Output[^1].BaseObject);
    }

    [Fact]
    public async Task A_rehearsal_that_ends_as_if_it_was_stopped_is_an_error_and_the_script_goes_on()
    {
        NewBatch(1);
        var ran = await RunAsync(
            $"{RotateOne} -CurrentCredential $batch -RehearseSave -SaveWith {{ {Stop} }}; 'next'",
            null,
            ValidCredential(1));

        AssertRefused(ran, "SaveUnavailable", "*It was stopped before its end.*-CurrentCredential were valid when IAM was asked*");
        Assert.Equal("next", Assert.Single(ran.Output).BaseObject);
    }

    [Theory]
    [InlineData("Warning", "Stop")]
    [InlineData("Warning", "Inquire")]
    [InlineData("Information", "Stop")]
    [InlineData("Verbose", "Stop")]
    public async Task A_preference_of_the_caller_for_its_own_messages_does_not_end_the_block(string stream, string preference)
    {
        var ran = await SaveAsync(
            $$"""
            ${{stream}}Preference = '{{preference}}'
            {{RotateOne}} -SaveWith { Write-{{stream}} 'made-up message'; $batch.Vault.Save($_) } 3>$null 4>$null 6>$null
            """);

        Assert.True(Vault.Holds("application-1", Valid(1).Secret));
        Assert.Empty(Errors(ran, "RotationNotSaved"));
    }

    [Fact]
    public async Task A_later_command_of_the_pipeline_may_rotate_it_again()
    {
        var ran = await SaveAsync($"{Rotate} | ForEach-Object {{ $_; Start-Sleep -Milliseconds 1; {RotateOne} }}");

        Assert.Empty(ran.Errors);
        Assert.Equal(2, ran.Rotations.Count);
        Assert.Equal(Valid(1).ClientId, ran.Rotations[^1].ClientId);
    }
}
