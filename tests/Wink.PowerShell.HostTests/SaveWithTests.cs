using System.Management.Automation;

namespace Wink.PowerShell.HostTests;

/// <summary>What counts as saved, and what a script block of -SaveWith sees.</summary>
public sealed class SaveWithTests : SaveTestBase
{
    [Theory]
    [InlineData("Set-Fake $_ $batch.Vault")]
    [InlineData("Set-Fake $PSItem $batch.Vault; 'noise'; 1..3; return")]
    [InlineData("try { Set-Fake $_ -Fail -ErrorAction Stop } catch { $batch.Vault.Save($_.TargetObject ?? $rotated) }", "$rotated = $_; ")]
    [InlineData("Get-Item made-up-missing -ErrorAction SilentlyContinue; Set-Fake $_ $batch.Vault")]
    public async Task A_block_that_runs_to_its_end_without_an_error_has_saved(string block, string first = "")
    {
        var ran = await SaveAsync($$"""{{Module}} {{Rotate}} -SaveWith { {{first}}{{block}} }; "errors: $($Error.Count)" """);

        var rotation = Assert.Single(ran.Rotations);
        Assert.True(rotation.Saved);
        Assert.Equal("errors: 0", Assert.Single(ran.Output.Skip(1)).BaseObject);
        Assert.True(Vault.Holds("application-1", Valid(1).Secret));
        Assert.True(Assert.Single(await HistoryAsync()).Saved);
        Assert.Empty(ran.Errors);
    }

    [Theory]
    [InlineData("Set-Fake $_ -Fail", "*made-up refusal")]
    [InlineData("Set-Fake $_ -Fail; Set-Fake $_ $batch.Vault", "*made-up refusal")]
    [InlineData("Set-Fake $_ -Fail 2>&1", "*made-up refusal")]
    [InlineData("$batch.Vault.Missing()", "*'Missing'*")]
    [InlineData("throw 'made-up failure'", "*made-up failure")]
    [InlineData("break", "*left by 'break'*")]
    [InlineData("continue", "*left by 'continue'*")]
    [InlineData("break outer", "*left by 'break'*")]
    [InlineData("continue outer", "*left by 'continue'*")]
    [InlineData("exit 5", "*left by 'exit'*")]
    [InlineData("$global:LASTEXITCODE = 5", "*last exit code in it was 5.")]
    public async Task A_block_that_fails_has_not_saved_and_the_loop_of_the_caller_goes_on(string block, string says)
    {
        var ran = await SaveAsync(
            $$"""
            {{Module}}
            $global:LASTEXITCODE = 7
            $round = 0
            :outer foreach ($one in 1, 2) {
                foreach ($two in 1, 2) {
                    $round++
                    Invoke-WinkCredentialRotation travel-tech "application-$round" @rotation -Confirm:$false -SaveWith { {{block}} } 2>&1
                }
            }
            "rounds: $round, exit code: $LASTEXITCODE"
            """,
            count: 4);

        Assert.Equal("rounds: 4, exit code: 7", ran.Output[^1].BaseObject);
        Assert.Equal(9, ran.Output.Count);
        foreach (var (index, pair) in ran.Output.SkipLast(1).Select(one => one.BaseObject).Chunk(2).Index())
        {
            // The object first: an error can end the pipeline.
            var rotation = Assert.IsType<CredentialRotation>(pair[0]);
            var error = Assert.IsType<ErrorRecord>(pair[1]);
            Assert.False(rotation.Saved);
            AssertValid([rotation]);
            Assert.Equal("RotationNotSaved,Wink.PowerShell.InvokeWinkCredentialRotationCommand", error.FullyQualifiedErrorId);
            Assert.Same(rotation, error.TargetObject);
            AssertLike(
                $"Application 'Application {index + 1}' (application-{index + 1}) was rotated, but its new credentials were not saved by " +
                    $"-SaveWith (client ID {rotation.ClientId}): {says}",
                error);
            AssertLike("*TargetObject*in Get-WinkCredentialRotation*", Advice(error));
        }

        Assert.All(await HistoryAsync(), kept => Assert.False(kept.Saved));
    }

    [Theory]
    [InlineData("$ErrorActionPreference = 'SilentlyContinue'")]
    [InlineData("$global:ErrorActionPreference = 'Ignore'")]
    [InlineData("", "-ErrorAction SilentlyContinue")]
    [InlineData("$PSDefaultParameterValues['*:ErrorAction'] = 'SilentlyContinue'")]
    [InlineData("$PSDefaultParameterValues['Set-Fake:EA'] = 'SilentlyContinue'")]
    [InlineData("$PSDefaultParameterValues['*:ErrorA'] = 'SilentlyContinue'")]
    [InlineData("$PSDefaultParameterValues['*:E*Action'] = 'SilentlyContinue'")]
    [InlineData("$global:PSDefaultParameterValues = @{ '*:ErrorAction' = 'Ignore'; 'Set-*:WhatIf' = $true }")]
    [InlineData("$global:ErrorActionPreference = 'Ignore'; $global:WhatIfPreference = $true", "-ErrorAction Continue -WhatIf:$false")]
    [InlineData("$WhatIfPreference = $true")]
    [InlineData("$global:WhatIfPreference = $true")]
    [InlineData("", "-WhatIf")]
    [InlineData("$PSDefaultParameterValues['Set-*:WhatIf'] = $true")]
    [InlineData("$ConfirmPreference = 'Low'")]
    [InlineData("", "-Confirm")]
    [InlineData("$PSDefaultParameterValues['Set-*:Confirm'] = $true")]
    public async Task The_preferences_of_the_caller_do_not_decide_and_are_as_before_afterwards(string preference, string ofTheFunction = "")
    {
        const string Preferences =
            "\"$ErrorActionPreference $WhatIfPreference $ConfirmPreference $PSNativeCommandUseErrorActionPreference \" + " +
            "\"$global:ErrorActionPreference $global:WhatIfPreference $global:ConfirmPreference \" + " +
            "($PSDefaultParameterValues | Out-String) + ($global:PSDefaultParameterValues | Out-String)";
        var ran = await SaveAsync(
            $$"""
            {{Module}}
            {{preference}}
            $foreign = New-Module { function Get-Block { { Set-Global $_ } } }
            function Set-Global { [CmdletBinding()] param($Rotation) Write-Error 'made-up refusal' }
            function Save-All {
                [CmdletBinding(SupportsShouldProcess)] param()
                $with = @{ ManagingEntityId = 'travel-tech'; Confirm = $false; WhatIf = $false; ErrorAction = 'Continue' } + $rotation
                {{Preferences}}
                Invoke-WinkCredentialRotation application-1 @with -SaveWith { Set-Fake $_ $batch.Vault }
                Invoke-WinkCredentialRotation application-2 @with -SaveWith { Set-Fake $_ -Fail }
                Invoke-WinkCredentialRotation application-3 @with -SaveWith { throw 'made-up failure' }
                Invoke-WinkCredentialRotation application-4 @with -SaveWith (Get-Block)
                {{Preferences}}
            }
            Save-All {{ofTheFunction}}
            """,
            count: 4,
            new TestHost { Refusal = new InvalidOperationException("Nobody is there.") });

        Assert.Equal([true, false, false, false], ran.Rotations.Select(rotation => rotation.Saved));
        Assert.True(Vault.Holds("application-1", Valid(1).Secret));
        Assert.Equal(3, Errors(ran, "RotationNotSaved").Count);
        Assert.Equal(ran.Output[0].BaseObject, ran.Output[^1].BaseObject);
    }

    [Fact]
    public async Task A_preference_that_is_read_only_shows_before_anything_is_sent()
    {
        var ran = await SaveAsync($"Set-Variable WhatIfPreference $false -Option ReadOnly; {RotateAndSave}");

        AssertLike("*WhatIfPreference*read-only*", ran.End);
        Assert.Empty(Sent());
    }

    [Fact]
    public async Task The_block_sees_the_variables_of_its_caller_and_of_its_module()
    {
        var ran = await SaveAsync(
            """
            $module = New-Module { $inner = 'of the module'; function Get-Block { { $batch.Vault.Save($_); $global:seen += $inner } } }
            $global:seen = @()
            function Save-One {
                param($args0 = 'of the caller', $attempt = 'also')
                Invoke-WinkCredentialRotation travel-tech application-1 @rotation -Confirm:$false -SaveWith {
                    $batch.Vault.Save($_)
                    $global:seen += $args0, $attempt
                }
            }
            Save-One
            Invoke-WinkCredentialRotation travel-tech application-2 @rotation -Confirm:$false -SaveWith (Get-Block)
            $global:seen
            """,
            count: 2);

        Assert.Equal(["of the caller", "also", "of the module"], ran.Output.Select(one => one.BaseObject).OfType<string>());
        Assert.All(ran.Rotations, rotation => Assert.True(rotation.Saved));
    }

    [Fact]
    public async Task The_block_may_dispose_the_secret_that_it_was_given()
    {
        var ran = await SaveAsync(
            $$"""
            {{Rotate}} -SaveWith {
                $secret = $_.Credential.GetNetworkCredential().Password
                $_.Credential.Password.Dispose()
                throw "made-up refusal of $secret"
            }
            """);

        AssertValid(ran.Rotations);
        AssertLike("*made-up refusal of *", Assert.Single(ran.Errors));
        AssertNoSecret(AllText(ran));
    }

    [Fact]
    public async Task It_works_where_the_language_is_constrained()
    {
        var ran = await SaveAsync(
            $$"""
            {{Module}}
            $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
            {{Rotate}} -SaveWith { Write-Warning made-up; if ($_.ApplicationId -ne 'application-1') { Set-Fake -Fail } }
            """,
            count: 2);

        Assert.Equal([true, false], ran.Rotations.Select(rotation => rotation.Saved));
        Assert.Equal("made-up made-up", ran.Warnings);
    }

    [Fact]
    public async Task What_it_writes_to_other_streams_is_shown_as_soon_as_it_comes()
    {
        var seen = new List<(string, int, int)>();
        var ran = NewSaving(
            $$"""
            {{Rotate}} -Verbose -SaveWith {
                Write-Warning W; Write-Host H; Write-Verbose V -Verbose
                $batch.Vault.Save($_)
                'out'
            }
            """);
        Vault.Meanwhile = _ => seen.Add((ran.Warnings, ran.Streams.Information.Count, ran.Streams.Verbose.Count(line => $"{line}" == "V")));

        await ran.RunAsync();

        Assert.Equal(("W", 1, 1), Assert.Single(seen));
        Assert.Equal("H", $"{ran.Streams.Information[0]}");
        Assert.Single(ran.Output);
        Assert.True(Assert.Single(ran.Rotations).Saved);
    }

    [Fact]
    public async Task An_empty_block_is_refused_since_it_would_save_nothing()
    {
        var pipeline = NewSaving($$"""try { {{Rotate}} -SaveWith { } } catch { throw $_.Exception.Message }""");

        await pipeline.RunAsync();

        AssertLike("*-SaveWith is empty, so it would save nothing.*", pipeline.End);
        Assert.Empty(Sent());
    }

    [Fact]
    public async Task A_secret_that_it_writes_is_shown_on_no_stream_and_in_no_error()
    {
        var host = new TestHost();
        var ran = await SaveAsync(
            $$"""
            {{Rotate}} -Verbose -ErrorVariable failed -SaveWith {
                $secret = $_.Credential.GetNetworkCredential().Password
                $base64 = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($secret))
                foreach ($form in $secret, $base64, (ConvertTo-Json $secret)) {
                    Write-Warning "W $form"; Write-Host "H $form"; Write-Information "I $form"
                    Write-Verbose "V $form" -Verbose; Write-Debug "D $form" -Debug; Write-Error "E $form"
                    try { throw "C $form" } catch { }
                }
                throw [Exception]::new("T $secret", [Exception]::new("inner $secret"))
            }
            $Error | ForEach-Object { "$_ $($_.Exception) $($_.TargetObject)" }
            $failed | ForEach-Object { "$_ $($_.Exception) $($_.TargetObject)" }
            """,
            host: host);

        var text = AllText(ran, host);
        AssertNoSecret(text);
        foreach (var kind in "WHIVET")
            Assert.Contains($"{kind} ***", text, StringComparison.Ordinal);

        Assert.Equal(2, ran.Output.Count(one => one.BaseObject is string));
    }
}
