BeforeAll {
    . $PSScriptRoot/ExampleBed.ps1

    # Each has applications, escrow and a vault of its own, and they run side by side: what the other run has revoked, -Verify tries at IAM
    # for 30 s, which are real here.
    $twice = @{}

    function Start-Twice {
        # The example in two processes, with these delays of their vaults.
        param([string] $What, [string] $Name, [string[]] $Argument, [string[]] $Delay)
        $twice[$What] = @{
            Vault   = $env:WINK_TEST_VAULT
            Started = foreach ($one in $Delay) {
                Start-Example $Name $Argument @{ WINK_TEST_VAULT_DELAY = $one; WINK_TEST_VAULT_TOGETHER = '1' }
            }
        }
    }

    function Wait-Twice {
        # Both runs to their end. From then on the vault is theirs.
        param([string] $What)
        $env:WINK_TEST_VAULT = $twice[$What].Vault
        $twice[$What].Started | Wait-Example
    }

    function Assert-Rotated {
        # Runs that did nothing would leave valid credentials, too.
        param([string] $ApplicationId)
        (Get-RotationCount $sandbox)[$ApplicationId] | Should -BeGreaterOrEqual 1
    }

    function New-Secret {
        # A new vault that holds the credentials of a new application.
        param([string] $ApplicationId)
        New-Vault
        $null = New-SandboxApplication $sandbox travel-tech $ApplicationId -Scope account.read
        Set-Secret wink (Get-Valid $ApplicationId)
    }

    function Add-Delay {
        param([string] $ApplicationId, [int] $DelayMs)
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = $ApplicationId; delayMs = $DelayMs }
    }
}

AfterAll { Stop-ExampleBed }

Describe 'The example' {
    BeforeAll {
        # Once for all: a reset would end the delays of those that still run.
        . Initialize-Example
        $secret = '-Name', 'wink', '-Vault', 'made-up'
        foreach ($case in @(
                @{ When = 'the first one saves last'; Id = 'saves-last'; DelayMs = 2500; Delay = '0,4000', '700,0' }
                @{ When = 'the rehearsal of one is slow'; Id = 'rehearses-slowly'; Delay = '0', '2500,0' }
            )) {
            New-Secret $case.Id
            if ($case.DelayMs) { Add-Delay $case.Id $case.DelayMs }
            $argument = @('travel-tech', $case.Id) + $secret + '-EscrowPath', (New-Folder), '-EscrowCertificate', $certificate
            Start-Twice $case.When Update-WinkSecret.ps1 $argument $case.Delay
        }

        New-Vault
        $csv = Join-Path $TestDrive batch.csv
        New-Round 12 | Export-Csv $csv
        foreach ($number in 1..12) { Add-Delay "application-$number" 400 }
        Start-Twice Update-WinkBatch Update-WinkBatch.ps1 (@($csv, '-Vault', 'made-up') + $copyArguments) '0', '0'

        New-Secret booking-a
        $inUse = Get-Valid booking-a
        $null = New-SandboxApplication $sandbox travel-tech booking-b -Scope account.read
        Add-Delay booking-b 2500
        Start-Twice Switch-WinkSecret Switch-WinkSecret.ps1 (@('travel-tech', 'booking-a', 'booking-b') + $secret) '2500', '0'
    }

    Context 'Update-WinkSecret' {
        It 'run twice at once ends with valid credentials in the vault, or a run says that it does not: <When>' -ForEach @(
            @{ When = 'the first one saves last'; Id = 'saves-last' }
            @{ When = 'the rehearsal of one is slow'; Id = 'rehearses-slowly' }
        ) {
            $runs = Wait-Twice $When

            Assert-Rotated $Id
            $isValid = Test-WinkCredential (Get-Secret wink)
            $failed = @($runs | Where-Object ExitCode -NE 0)
            "valid: $isValid; failed: $($failed.Error)" | Should -Match '^valid: True|IAM refuses|may have put revoked'
            foreach ($one in $failed) { $one.Error | Should -Match 'nothing was sent|IAM refuses' }
        }
    }

    Context 'Update-WinkBatch' {
        It 'run twice at once ends with valid credentials in the vault, or a run says that it does not' {
            $says = "$((Wait-Twice Update-WinkBatch).Error)"

            Assert-Rotated application-1
            foreach ($number in 1..12) {
                if (-not (Test-WinkCredential (Get-Secret "wink-application-$number"))) {
                    $says | Should -Match "\(application-$number\) (was|of managing entity travel-tech were not) rotated"
                    $says | Should -Match 'IAM refuses|may have put revoked'
                }
            }
        }
    }

    Context 'Switch-WinkSecret' {
        It 'run twice at once ends with valid credentials in the vault, or a run says that it does not' {
            $runs = Wait-Twice Switch-WinkSecret

            Assert-Rotated booking-b
            "valid: $(Test-WinkCredential (Get-Secret wink)); $($runs.Error)" | Should -Match '^valid: True|IAM refuses'
            Test-WinkCredential $inUse | Should -BeTrue
        }
    }
}
