BeforeAll { . $PSScriptRoot/ExampleBed.ps1 }

AfterAll { Stop-ExampleBed }

Describe 'The example' {
    BeforeEach { . Initialize-Example }

    Context 'Switch-WinkSecret' {
        BeforeEach {
            foreach ($id in 'booking-a', 'booking-b') { $null = New-SandboxApplication $sandbox travel-tech $id -Scope account.read }
            $inUse = Get-Valid booking-a
            Set-Secret wink $inUse
            $argument = 'travel-tech', 'booking-a', 'booking-b', '-Name', 'wink', '-Vault', 'made-up'
        }

        It 'saves credentials of the other application, while those in use stay valid, and then switches back' {
            $run = Start-Example Switch-WinkSecret.ps1 $argument | Wait-Example
            $run.ExitCode | Should -Be 0 -Because $run.Error
            $run.LastLine | Should -BeLike '*Rotated: application *(booking-b) *, saved, verified*'
            Get-Secret wink | Assert-ValidCredential -At $sandbox -ApplicationId booking-b
            Test-WinkCredential $inUse | Should -BeTrue

            (Start-Example Switch-WinkSecret.ps1 $argument | Wait-Example).ExitCode | Should -Be 0
            Get-Secret wink | Assert-ValidCredential -At $sandbox -ApplicationId booking-a
            Test-WinkCredential $inUse | Should -BeFalse
        }

        It 'costs nothing when the <What>: the secret stays valid, and the next run goes on' -ForEach @(
            @{ What = 'vault locks itself'; Before = { Set-Vault writes-left 0 } }
            @{ What = 'response is lost'; Before = {
                    Add-SandboxFault $sandbox @{ operation = 'Rotation'; moment = 'AfterActing'; close = $true; times = 3 }
                }
            }
        ) {
            . $Before
            (Start-Example Switch-WinkSecret.ps1 $argument | Wait-Example).ExitCode | Should -Be 1
            Reset-Vault
            Reset-Sandbox $sandbox
            Test-WinkCredential (Get-Secret wink) | Should -BeTrue
            (Start-Example Switch-WinkSecret.ps1 $argument | Wait-Example).ExitCode | Should -Be 0
            Get-Secret wink | Assert-ValidCredential -At $sandbox -ApplicationId booking-b
        }
    }
}
