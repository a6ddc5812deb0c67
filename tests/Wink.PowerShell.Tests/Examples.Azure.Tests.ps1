BeforeAll {
    . $PSScriptRoot/ExampleBed.ps1

    # The doubles of Azure. As cmdlets do, they write errors that do not terminate.
    $assets = @{}
    $keyVault = New-Module -Name KeyVaultDouble -ArgumentList $assets {
        param($Assets)
        function Get-AzKeyVaultSecret {
            [CmdletBinding()] param($VaultName, $Name)
            if ($Assets.CannotRead) { Write-Error 'made-up Forbidden' } else { $Assets[$Name] | Select-Object -Last 1 }
        }
        function Set-AzKeyVaultSecret {
            [CmdletBinding()] param($VaultName, $Name, [securestring] $SecretValue, [Nullable[DateTime]] $Expires, $ContentType, $Tag)
            if ($Assets.WritesLeft-- -le 0) { Write-Error 'made-up Forbidden: no right to set'; return }
            # Where the caller keeps its own copy, it may dispose it.
            $version = [pscustomobject]@{ SecretValue = $SecretValue.Copy(); Expires = $Expires; ContentType = $ContentType; Tags = $Tag }
            $Assets[$Name] += @($version)
        }
    }
    Import-Module $keyVault

    function Connect-AzAccount {
        [CmdletBinding()] param([switch] $Identity)
        if ($assets.CannotSignIn) { Write-Error 'made-up refusal' } else { @{ Context = 'made-up context' } }
    }
    function Get-AzAutomationJob {
        [CmdletBinding()] param($ResourceGroupName, $AutomationAccountName, $DefaultProfile, $Id, $RunbookName)
        $assets.Jobs | Where-Object { -not $Id -or "$($_.JobId)" -eq $Id }
    }
    function Set-AzAutomationCredential {
        [CmdletBinding()] param($ResourceGroupName, $AutomationAccountName, $DefaultProfile, $Name, [pscredential] $Value)
        if ($DefaultProfile -ne 'made-up context') { Write-Error 'The context was not handed on.' }
        if ($assets.WritesLeft-- -le 0) { Write-Error 'made-up end'; return }
        $assets[$Name] = $Value
    }
    function Get-AutomationConnection { param($Name) @{ Environment = 'Staging' } }
    function Get-AutomationPSCredential { param($Name) if ($Name -eq 'Wink') { $operator } else { $assets[$Name] } }
    function Get-AutomationVariable { param($Name) $assets[$Name] }
    function Set-AutomationVariable { [CmdletBinding()] param($Name, $Value) $assets[$Name] = $Value }
}

AfterAll {
    Remove-Module KeyVaultDouble -ErrorAction Ignore
    Stop-ExampleBed
}

Describe 'The example' {
    BeforeEach {
        . Initialize-Example
        $assets.Clear()
        $assets.WritesLeft = 100
    }

    Context 'Update-WinkKeyVaultSecret' {
        BeforeAll {
            function Start-Update {
                & "$examples/Update-WinkKeyVaultSecret.ps1" travel-tech application-1 -VaultName made-up -Name wink @copy @args 6> $null
            }
        }

        BeforeEach {
            $stored = Get-Valid application-1
            $expires = [DateTime]::UtcNow.Date.AddDays(7)
            $tags = @{ ClientId = $stored.UserName }
            $assets.wink = @([pscustomobject]@{ SecretValue = $stored.Password; Tags = $tags; Expires = $expires })
        }

        It 'saves value, client ID and expiry as one version, after a rehearsal that prolongs nothing' {
            Start-Update -ExpiresAfterDays 30
            $assets.wink | Should -HaveCount 3
            $assets.wink[1].Tags.ClientId | Should -Be $stored.UserName
            $assets.wink[1].Expires | Should -Be $expires
            [pscredential]::new($assets.wink[2].Tags.ClientId, $assets.wink[2].SecretValue) | Assert-ValidCredential @valid
            $assets.wink[2].Expires | Should -BeGreaterThan ([DateTime]::UtcNow.AddDays(29))
            $assets.wink[2].Expires.Kind | Should -Be Utc
            Get-WinkConnection | Should -Be $session
        }

        It 'rotates nothing where it <May>' -ForEach @(
            @{ May = 'may read, but not write'; Set = @{ WritesLeft = 0 }; Says = '*nothing was sent*no right to set*' }
            @{ May = 'may not read'; Set = @{ CannotRead = $true }; Says = '*Forbidden*' }
            @{ May = 'finds no secret'; Set = @{ wink = $null }; Says = '*Nothing was rotated*is missing*' }
        ) {
            foreach ($key in $Set.Keys) { $assets[$key] = $Set[$key] }
            { Start-Update } | Should -Throw $Says
            Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
        }

        It 'has in escrow what it could not save' {
            $assets.WritesLeft = 1
            { Start-Update } | Should -Throw '*was rotated, but its new credentials were not saved*'
            (Read-Escrow $escrow $holder).clientId | Should -Be (Get-Valid application-1).UserName
        }
    }

    Context 'Update-WinkCredential.Runbook' {
        BeforeAll {
            # The fields of the connection are those of Connect-Wink; the sandbox is neither production nor staging.
            Mock Connect-Wink {
                & $connect -Credential $operator -ApiUri $sandbox.Http -IamUri $sandbox.Http -PassThru
            } -ParameterFilter { $Environment -eq 'Staging' -and $Credential -eq $operator -and $PassThru }
            function Start-Runbook {
                $account = @{ CredentialName = 'shop'; ResourceGroupName = 'made-up'; AutomationAccountName = 'made-up' }
                & "$examples/Update-WinkCredential.Runbook.ps1" travel-tech application-1 @account
            }
            function New-Job {
                param($Id, $Status = 'Running', [DateTime] $CreationTime = '2026-01-02')
                [pscustomobject]@{ JobId = [guid] $Id; RunbookName = 'rotate'; Status = $Status; CreationTime = $CreationTime }
            }
        }

        BeforeEach {
            $PSPrivateMetadata = @{ JobId = [guid] '22222222-0000-0000-0000-000000000000' }
            $assets.Jobs = @(New-Job $PSPrivateMetadata.JobId)
            $assets.shop = Get-Valid application-1
        }

        It 'rotates what is due, saves it, and leaves alone what is not' {
            Start-Runbook | Should -BeLike 'Rotated application-1*'
            $assets.shop | Assert-ValidCredential @valid
            Start-Runbook | Should -BeLike 'Nothing to do*'
            Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
        }

        It 'fixes, started again, what it could not save' {
            $assets.WritesLeft = 1
            { Start-Runbook } | Should -Throw '*made-up end*'
            { Start-Runbook } | Should -Throw '*made-up end*'
            Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1 -Because 'the right to write is proven first'
            $assets.WritesLeft = 100

            Start-Runbook | Should -BeLike 'Rotated application-1*'
            $assets.shop | Assert-ValidCredential @valid
        }

        It 'sends nothing where it cannot sign in to save, or may not write' {
            $assets.CannotSignIn = $true
            { Start-Runbook } | Should -Throw '*made-up refusal*'
            Should -Invoke Connect-Wink -Times 0 -Exactly
            $assets.CannotSignIn = $false
            $assets.WritesLeft = 0
            { Start-Runbook } | Should -Throw '*nothing was sent*made-up end*'
            Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
            $assets.shop | Assert-ValidCredential @valid
        }

        It 'does nothing while an older job of the runbook has not ended' {
            $older = New-Job '11111111-0000-0000-0000-000000000000' -CreationTime '2026-01-01'
            $ended = New-Job '00000000-0000-0000-0000-000000000000' -Status Completed -CreationTime '2026-01-01'
            $younger = New-Job '33333333-0000-0000-0000-000000000000' -Status Queued -CreationTime '2026-01-03'
            $assets.Jobs += $older, $ended, $younger
            Start-Runbook | Should -BeLike "Nothing was done: job $($older.JobId)*"
            Should -Invoke Connect-Wink -Times 0 -Exactly

            $older.Status = 'Completed'
            Start-Runbook | Should -BeLike 'Rotated application-1*'
        }

        It 'has a connection type whose fields are parameters of Connect-Wink, of the same types' {
            $type = Get-Content (Join-Path (Split-Path (Get-BuiltModule)) Wink.PowerShell-Automation.json) -Raw | ConvertFrom-Json
            $type.IntegrationModuleName | Should -Be Wink.PowerShell
            $parameters = (Get-Command Connect-Wink -CommandType Cmdlet).Parameters
            foreach ($field in $type.ConnectionFields) { $parameters[$field.Name].ParameterType.FullName | Should -Be $field.TypeName }
        }
    }
}
