BeforeAll { . $PSScriptRoot/ExampleBed.ps1 }

AfterAll { Stop-ExampleBed }

Describe 'The example' {
    BeforeEach { . Initialize-Example }

    Context 'Update-WinkBatch' {
        BeforeAll {
            function Start-Batch {
                & "$examples/Update-WinkBatch.ps1" -Path $csv -Vault made-up @copy @args -ErrorAction SilentlyContinue 2> $null 6> $null
            }

            function Assert-AllSaved {
                param([int] $Count)
                foreach ($number in 1..$Count) {
                    Get-Secret "wink-application-$number" | Assert-ValidCredential -At $sandbox -ApplicationId "application-$number"
                }
            }
        }

        BeforeEach { $csv = Join-Path $TestDrive "$([guid]::NewGuid()).csv" }

        It 'saves all, and rotates none of them again' {
            New-Round 6 | Export-Csv $csv
            Start-Batch -ThrottleLimit 2 | Should -BeLike 'All 6 *6 were rotated now.'
            Assert-AllSaved 6
            Start-Batch | Should -BeLike 'All 6 *0 were rotated now.'
            Get-SandboxRequest $sandbox Rotation | Should -HaveCount 6
            Get-WinkConnection | Should -Be $session
        }

        It 'counts what failed, and goes on with just that' {
            New-Round 6 | Export-Csv $csv
            Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-2'; status = 403; times = 1 }
            { Start-Batch -ThrottleLimit 2 } | Should -Throw '*1 RotationRejected*'
            Start-Batch | Should -BeLike 'All 6 *1 were rotated now.'
            Assert-AllSaved 6
            Get-SandboxRequest $sandbox Rotation | Should -HaveCount 7
        }

        It 'sends nothing for a vault that is locked from the start, and nothing for a file without client IDs' {
            New-Round 3 | Export-Csv $csv
            Set-Vault locked
            { Start-Batch } | Should -Throw '*Unable to get secret*'
            Reset-Vault
            New-Batch $sandbox 3 | Export-Csv $csv
            { Start-Batch } | Should -Throw '*no ClientId*'
            Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
        }

        It 'says where the vault has credentials that IAM refuses' {
            New-Round 2 | Export-Csv $csv
            Set-Secret wink-application-2 (New-TestCredential made-up revoked)
            { Start-Batch } | Should -Throw '*IAM refuses what the vault holds for application-2*'
        }

        It 'of 40 applications, 8 at a time, is healed by what the errors say when the vault locks itself in between' {
            New-Round 40 | Export-Csv $csv
            Set-Vault writes-left 30
            $failure = { Start-Batch -ThrottleLimit 8 } | Should -Throw -PassThru
            "$failure" | Should -Match '\d+ RotationNotSaved'
            Reset-Vault

            # "Save the Credential of this error's TargetObject now; Get-WinkCredentialRotation returns it, too."
            $unsaved = Get-WinkCredentialRotation -Connection $session | Where-Object Saved -EQ $false
            $unsaved.Count | Should -BeIn (1..8)
            $unsaved | ForEach-Object { Set-Secret "wink-$($_.ApplicationId)" $_.Credential }
            Start-Batch -ThrottleLimit 8 | Should -BeLike 'All 40 *'
            Assert-AllSaved 40
            Get-SandboxRequest $sandbox Rotation | Should -HaveCount 40
        }

        It 'is healed from escrow when its process has ended' {
            New-Round 12 | Export-Csv $csv
            Set-Vault writes-left 15
            $argument = @($csv, '-Vault', 'made-up') + $copyArguments
            $run = Start-Example Update-WinkBatch.ps1 $argument | Wait-Example
            $run.ExitCode | Should -Be 1
            $run.Error | Should -BeLike '*Not all of *RotationNotSaved*run this again*'
            Reset-Vault

            & "$examples/Restore-WinkCredential.ps1" $escrow -Certificate $holder 3> $null |
                Where-Object { $_.IsValid -and -not $_.Doubt } | ForEach-Object { Set-Secret "wink-$($_.ApplicationId)" $_.Credential }
            $run = Start-Example Update-WinkBatch.ps1 $argument | Wait-Example
            $run.ExitCode | Should -Be 0
            $run.LastLine | Should -BeLike 'All 12 *'
            Assert-AllSaved 12
        }
    }
}
