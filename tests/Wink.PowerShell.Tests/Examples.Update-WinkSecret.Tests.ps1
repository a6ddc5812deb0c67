BeforeDiscovery {
    # The real modules are tried in a home of their own, so that nobody's vault is touched; elsewhere than on Unix there is no such thing.
    $noSecretStore = if ($IsWindows) { 'on Windows a vault cannot have a home of its own' }
    elseif (-not (Get-Module Microsoft.PowerShell.SecretStore -ListAvailable)) { 'Microsoft.PowerShell.SecretStore is not installed' }
}

BeforeAll { . $PSScriptRoot/ExampleBed.ps1 }

AfterAll { Stop-ExampleBed }

Describe 'The example' {
    BeforeEach { . Initialize-Example }

    Context 'Update-WinkSecret' {
        BeforeAll {
            $file = @{ Name = 'Update-WinkSecret.ps1' }
            function Start-Update {
                & "$examples/Update-WinkSecret.ps1" travel-tech application-1 -Name wink -Vault made-up @copy @args 6> $null
            }
        }

        BeforeEach {
            Set-Secret wink (Get-Valid application-1)
            $file.Argument = @('travel-tech', 'application-1', '-Name', 'wink', '-Vault', 'made-up') + $copyArguments
        }

        It 'saves the new credentials, over the session of the person, which goes on' {
            Start-Update
            Get-Secret wink | Assert-ValidCredential @valid
            Get-WinkConnection | Should -Be $session
            Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
        }

        It 'rotates nothing for a vault that is <State>' -ForEach @(
            @{ State = 'locked'; Says = '*Unable to get secret wink*' }
            @{ State = 'read-only'; Says = '*nothing was sent, since the rehearsal of -SaveWith failed*denied*' }
        ) {
            Set-Vault $State
            { Start-Update } | Should -Throw $Says
            Reset-Vault
            Get-Secret wink | Assert-ValidCredential @valid
            Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
            Get-WinkConnection | Should -Be $session
        }

        It 'rotates nothing for a secret that is missing, and makes it with -Force' {
            Remove-Secret wink
            { Start-Update } | Should -Throw '*was not found*'
            Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty

            Start-Update -Force
            Get-Secret wink | Assert-ValidCredential @valid
        }

        It 'tells a scheduler by its exit code and its last lines, and shows no secret' {
            $run = Start-Example @file | Wait-Example
            $run.Error | Should -BeNullOrEmpty
            $run.ExitCode | Should -Be 0
            $run.LastLine | Should -BeLike "*Rotated: application *(application-1) *$((Get-Valid application-1).UserName), saved, verified*"

            Set-Vault locked
            $run = Start-Example @file | Wait-Example
            $run.ExitCode | Should -Be 1
            $run.Error | Should -BeLike '*Unable to get secret wink*'

            Reset-Vault
            Set-Vault writes-left 1
            $run = Start-Example @file | Wait-Example
            $run.ExitCode | Should -Be 1
            $run.Error | Should -BeLike '*was rotated, but its new credentials were not saved by -SaveWith*'
            $run.All | Assert-NoSecret (Get-SandboxSecret $sandbox)
        }

        It 'goes on, after it was killed before the save, once the credentials of escrow are in the vault' {
            # The rehearsal and the save take their time.
            $started = Start-Example @file -Environment @{ WINK_TEST_VAULT_DELAY = '3000' }
            Wait-SandboxRequest $sandbox Rotation
            Wait-Until { (Get-Content (Join-Path $escrow *.cms) -Raw) -like '*BEGIN CMS*' }
            $started.Process.Kill()
            $null = $started | Wait-Example
            Test-WinkCredential (Get-Secret wink) | Should -BeFalse

            $run = Start-Example @file | Wait-Example
            $run.ExitCode | Should -Be 1
            $run.Error | Should -BeLike '*nothing was sent*in escrow*'
            Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1

            & "$examples/Restore-WinkCredential.ps1" $escrow -Certificate $holder 3> $null | Where-Object IsValid |
                ForEach-Object { Set-Secret wink $_.Credential }
            Get-Secret wink | Assert-ValidCredential @valid
            (Start-Example @file | Wait-Example).ExitCode | Should -Be 0
            Get-Secret wink | Assert-ValidCredential @valid
        }

        It 'saves what is in flight when its process is told to end' -Skip:(-not $IsLinux) {
            Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 2000 }
            $started = Start-Example @file
            Wait-SandboxRequest $sandbox Rotation
            kill -TERM $started.Process.Id
            ($started | Wait-Example).ExitCode | Should -Be 143
            Get-Secret wink | Assert-ValidCredential @valid
        }
    }

    Context 'Update-WinkSecret with the real modules' {
        It 'saves in SecretStore' -ForEach @(@{ WhyNot = $noSecretStore }) {
            if ($WhyNot) { Set-ItResult -Skipped -Because $WhyNot }
            $null = New-SandboxApplication $sandbox travel-tech booking-engine -Scope account.read
            $stored = Get-Valid booking-engine
            $modules = Split-Path (Split-Path (Split-Path (Get-Module Microsoft.PowerShell.SecretStore -ListAvailable)[0].Path))
            $own = New-Folder
            $shown = Invoke-FreshPwsh -ConnectedTo $sandbox -Environment @{ HOME = $own; PSModulePath = $modules } {
                param($Example, $ClientId, $Secret, $Escrow, $Certificate)
                $ErrorActionPreference = 'Stop'
                Reset-SecretStore -Authentication None -Interaction None -Force
                Register-SecretVault -Name made-up -ModuleName Microsoft.PowerShell.SecretStore
                $stored = [pscredential]::new($ClientId, (ConvertTo-SecureString $Secret -AsPlainText -Force))
                Set-Secret -Name wink -Secret $stored -Vault made-up
                & $Example travel-tech booking-engine -Name wink -Vault made-up -EscrowPath $Escrow -EscrowCertificate $Certificate
                "holds $((Get-Secret wink -Vault made-up).UserName)"
            } "$examples/Update-WinkSecret.ps1", $stored.UserName, $stored.GetNetworkCredential().Password, $escrow, $certificate
            $shown | Should -BeLike "*holds $((Get-Valid booking-engine).UserName)*"
        }
    }
}
