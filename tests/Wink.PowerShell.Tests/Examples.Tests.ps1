BeforeDiscovery {
    # The real modules are tried in a home of their own, so that nobody's vault is touched; elsewhere than on Unix there is no such thing.
    $noSecretStore = if ($IsWindows) { 'on Windows a vault cannot have a home of its own' }
    elseif (-not (Get-Module Microsoft.PowerShell.SecretStore -ListAvailable)) { 'Microsoft.PowerShell.SecretStore is not installed' }
}

BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    Import-Module $PSScriptRoot/Doubles/Microsoft.PowerShell.SecretManagement
    $sandbox = Start-Sandbox
    $examples = Join-Path (Split-Path (Split-Path $PSScriptRoot)) examples
    $operator = New-Operator $sandbox
    # The cmdlet itself, also where a test mocks it.
    $connect = Get-Command Connect-Wink -CommandType Cmdlet
    $valid = @{ At = $sandbox; ApplicationId = 'application-1' }
    $holder = New-TestCertificate
    $certificate = Join-Path $TestDrive escrow.pem
    Set-Content -LiteralPath $certificate -Value $holder.ExportCertificatePem()

    function New-Folder { (New-Item -ItemType Directory (Join-Path $TestDrive "$([guid]::NewGuid())")).FullName }

    function New-Vault {
        # An empty vault of the double of SecretManagement.
        $env:WINK_TEST_VAULT = New-Folder
    }

    function Set-Vault {
        # Locks it, and so on: see the double.
        param([string] $State, $Value = '')
        Set-Content -LiteralPath (Join-Path $env:WINK_TEST_VAULT $State) -Value $Value
    }

    function Reset-Vault { Get-Item "$env:WINK_TEST_VAULT/*" -Include locked, read-only, writes-left | Remove-Item }

    function Get-Valid { param([string] $ApplicationId) Get-ValidCredential $sandbox $ApplicationId | New-TestCredential }

    function Start-Example {
        # The example in a process of its own, as a scheduler starts it.
        param([string] $Name, [string[]] $Argument, [hashtable] $Environment = @{})
        $command, [string[]] $before = Get-PwshCommand
        [string[]] $all = @($before; '-NoProfile'; '-NonInteractive'; '-File'; "$examples/$Name"; $Argument)
        $start = [Diagnostics.ProcessStartInfo]::new($command, $all)
        $set = @{
            PSModulePath       = "$PSScriptRoot/Doubles"
            WINK_TEST_MODULE   = Get-BuiltModule
            WINK_TEST_URI      = $sandbox.Http
            WINK_CLIENT_ID     = $operator.UserName
            WINK_CLIENT_SECRET = $operator.GetNetworkCredential().Password
            NO_COLOR           = '1'
        } + $Environment
        foreach ($variable in $set.Keys) { $start.Environment[$variable] = $set[$variable] }
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $process = [Diagnostics.Process]::Start($start)
        $process.StandardInput.Close()
        [pscustomobject]@{
            Process = $process
            Output  = $process.StandardOutput.ReadToEndAsync()
            Error   = $process.StandardError.ReadToEndAsync()
        }
    }

    function Wait-Example {
        param([Parameter(ValueFromPipeline)] $Started)
        process {
            $Started.Process.WaitForExit()
            [pscustomobject]@{
                ExitCode = $Started.Process.ExitCode
                LastLine = ($Started.Output.Result.Trim() -split '\r?\n')[-1]
                # An error is wrapped at the width of the console.
                Error    = $Started.Error.Result -replace '\s+\|?\s*', ' '
                All      = $Started.Output.Result + $Started.Error.Result
            }
            $Started.Process.Dispose()
        }
    }

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
    Remove-Item Env:/WINK_TEST_VAULT -ErrorAction Ignore
    Remove-Module KeyVaultDouble, Microsoft.PowerShell.SecretManagement -ErrorAction Ignore
    Stop-Sandbox $sandbox
}

Describe 'The exit code of pwsh' {
    It 'is <Code> for <How> and a script that <Does>' -ForEach @(
        @{ How = '-File'; Does = 'says exit 3'; Script = 'exit 3'; Code = 3 }
        @{ How = '-File'; Does = 'goes on after an error'; Script = 'Write-Error made-up; 1'; Code = 0 }
        @{ How = '-File'; Does = 'stops at an error'; Script = '$ErrorActionPreference = "Stop"; Write-Error made-up; 1'; Code = 1 }
        @{ How = '-Command'; Does = 'says exit 3'; Script = 'exit 3'; Code = 1 }
        @{ How = '-Command'; Does = 'says exit 3, handed on'; Script = 'exit 3'; Then = '; exit $LASTEXITCODE'; Code = 3 }
        @{ How = '-Command'; Does = 'goes on after an error'; Script = 'Write-Error made-up; 1'; Code = 0 }
        @{ How = '-Command'; Does = 'stops at an error'; Script = '$ErrorActionPreference = "Stop"; Write-Error made-up; 1'; Code = 1 }
    ) {
        $path = Join-Path $TestDrive code.ps1
        Set-Content -LiteralPath $path $Script
        $command, [string[]] $before = Get-PwshCommand
        & $command @before -NoProfile -NonInteractive $How ($How -eq '-File' ? $path : "& '$path'$Then") *> $null
        $LASTEXITCODE | Should -Be $Code
    }
}

Describe 'The example' {
    BeforeEach {
        Reset-Sandbox $sandbox
        New-SandboxApplicationList $sandbox travel-tech 6
        New-Vault
        $escrow = New-Folder
        $copy = @{ EscrowPath = $escrow; EscrowCertificate = $holder; InformationAction = 'Ignore' }
        $copyArguments = '-EscrowPath', $escrow, '-EscrowCertificate', $certificate
        $assets.Clear()
        $assets.WritesLeft = 100
        $session = & $connect -Credential $operator -ApiUri $sandbox.Http -IamUri $sandbox.Http -PassThru
    }

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
            $run.LastLine | Should -BeLike "*Rotated: application application-1 *$((Get-Valid application-1).UserName), saved, verified*"

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

        It 'run twice at once ends with valid credentials in the vault, or a run says that it does not: <When>' -ForEach @(
            @{ When = 'the first one saves last'; Fault = @{ operation = 'Rotation'; delayMs = 2500 }; Delay = '0,4000', '700,0' }
            @{ When = 'the rehearsal of one is slow'; Fault = $null; Delay = '0', '2500,0' }
        ) {
            if ($Fault) { Add-SandboxFault $sandbox $Fault }
            $started = foreach ($one in $Delay) {
                Start-Example @file -Environment @{ WINK_TEST_VAULT_DELAY = $one; WINK_TEST_VAULT_TOGETHER = '1' }
            }
            $runs = $started | Wait-Example
            Reset-Sandbox $sandbox

            $isValid = Test-WinkCredential (Get-Secret wink)
            $failed = @($runs | Where-Object ExitCode -NE 0)
            "valid: $isValid; failed: $($failed.Error)" | Should -Match '^valid: True|IAM refuses|may have put revoked'
            foreach ($one in $failed) { $one.Error | Should -Match 'nothing was sent|IAM refuses' }
        }
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

    Context 'Update-WinkBatch' {
        BeforeAll {
            function Start-Batch {
                & "$examples/Update-WinkBatch.ps1" -Path $csv -Vault made-up @copy @args -ErrorAction SilentlyContinue 2> $null 6> $null
            }

            function New-Round {
                # The file of a new round, and a vault that has the credentials of all.
                param([int] $Count)
                New-SandboxApplicationList $sandbox travel-tech $Count
                foreach ($number in 1..$Count) {
                    $credential = Get-Valid "application-$number"
                    Set-Secret "wink-application-$number" $credential
                    [pscustomobject]@{
                        ManagingEntityId = 'travel-tech'; ApplicationId = "application-$number"; ClientId = $credential.UserName
                    }
                }
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

        It 'run twice at once ends with valid credentials in the vault, or a run says that it does not' {
            New-Round 12 | Export-Csv $csv
            Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 400 }
            $argument = @($csv, '-Vault', 'made-up') + $copyArguments
            $started = 1..2 | ForEach-Object { Start-Example Update-WinkBatch.ps1 $argument @{ WINK_TEST_VAULT_TOGETHER = '1' } }
            $runs = $started | Wait-Example
            Reset-Sandbox $sandbox
            $says = "$($runs.Error)"
            foreach ($number in 1..12) {
                if (-not (Test-WinkCredential (Get-Secret "wink-application-$number"))) {
                    $says | Should -Match "application-$number (was|of managing entity travel-tech were not) rotated"
                    $says | Should -Match 'IAM refuses|may have put revoked'
                }
            }
        }
    }

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
            $run.LastLine | Should -BeLike '*Rotated: application booking-b *, saved, verified*'
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

        It 'run twice at once ends with valid credentials in the vault, or a run says that it does not' {
            Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 2500 }
            $started = foreach ($one in '2500', '0') {
                Start-Example Switch-WinkSecret.ps1 $argument @{ WINK_TEST_VAULT_DELAY = $one; WINK_TEST_VAULT_TOGETHER = '1' }
            }
            $runs = $started | Wait-Example
            Reset-Sandbox $sandbox
            "valid: $(Test-WinkCredential (Get-Secret wink)); $($runs.Error)" | Should -Match '^valid: True|IAM refuses'
            Test-WinkCredential $inUse | Should -BeTrue
        }
    }

    Context 'Restore-WinkCredential' {
        BeforeEach {
            $rotation = @{ ManagingEntityId = 'travel-tech'; Confirm = $false; EscrowPath = $escrow }
            $quiet = @{ WarningAction = 'SilentlyContinue'; WarningVariable = 'warned' }
        }

        It 'opens the escrow, and tells which credentials are valid' {
            foreach ($time in 1..2) {
                $null = Invoke-WinkCredentialRotation @rotation -ApplicationId application-1 -EscrowCertificate $holder
            }
            Set-Content "$escrow/wink-application-2-20260101T000000.0000000Z.cms" 'Reserved for the new credentials of made-up.'

            $recovered = & "$examples/Restore-WinkCredential.ps1" $escrow -Certificate $holder @quiet

            $recovered.IsValid | Sort-Object | Should -Be $false, $true
            ($recovered | Where-Object IsValid).Credential | Assert-ValidCredential @valid
            "$warned" | Should -BeLike '*holds no credentials. Reserved for*'
            Get-WinkConnection | Should -Be $session
        }

        It 'goes on after a file that it cannot open, as one of another key, and names it' {
            $null = Invoke-WinkCredentialRotation @rotation -ApplicationId application-1 -EscrowCertificate (New-TestCertificate)
            $foreign = (Get-ChildItem $escrow).Name
            $good = Invoke-WinkCredentialRotation @rotation -ApplicationId application-2 -EscrowCertificate $holder
            $whole = Get-Content (Get-ChildItem $escrow/wink-application-2-*) -Raw
            # In the order of their names, all before the good one.
            Set-Content "$escrow/wink-application-0-cut.cms" $whole.Substring(0, 400)
            Set-Content "$escrow/wink-application-0-broken.cms" ($whole -replace 'M', 'N')
            Set-Content "$escrow/wink-application-0-empty.cms" '' -NoNewline
            Set-Content "$escrow/wink-application-0-text.cms" ('made-up text' | Protect-CmsMessage -To $holder)
            Set-Content "$escrow/wink-application-0-other.cms" ('{ "clientId": "made-up" }' | Protect-CmsMessage -To $holder)
            $null = New-Item -ItemType Directory "$escrow/wink-application-0-folder.cms"

            $recovered = & "$examples/Restore-WinkCredential.ps1" $escrow -Certificate $holder @quiet

            $recovered.Credential.UserName | Should -BeExactly $good.ClientId
            $recovered.IsValid | Should -BeTrue
            $warned | Should -HaveCount 6
            foreach ($name in @($foreign) + ('cut', 'broken', 'empty', 'text', 'other' | ForEach-Object { "wink-application-0-$_.cms" })) {
                "$warned" | Should -BeLike "*$name*"
            }
        }

        It 'returns what it opens where it cannot connect' {
            $good = Invoke-WinkCredentialRotation @rotation -ApplicationId application-1 -EscrowCertificate $holder
            Disconnect-Wink
            Mock Connect-Wink { throw 'made-up refusal' }

            $recovered = & "$examples/Restore-WinkCredential.ps1" $escrow -Certificate $holder @quiet

            $recovered.Credential.UserName | Should -BeExactly $good.ClientId
            $recovered.IsValid | Should -BeNullOrEmpty
            "$warned" | Should -BeLike '*valid cannot be told*'
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
