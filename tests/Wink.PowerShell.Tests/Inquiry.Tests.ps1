# What PowerShell asks in a process of its own; hosts of other kinds are in Wink.PowerShell.HostTests.
BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    $sandbox = Start-Sandbox
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'A pipeline that asks, in a pwsh where nobody can answer' {
    BeforeEach { Reset-Sandbox $sandbox }

    It 'writes all that was in flight, and ends with one clear error: <How>, -<Asks> Inquire' -ForEach @(
        @{ How = 'its input has ended'; Interactive = $true; Asks = 'ErrorAction' }
        @{ How = 'its input has ended'; Interactive = $true; Asks = 'WarningAction' }
        @{ How = '-NonInteractive'; Interactive = $false; Asks = 'ErrorAction' }
    ) {
        $null = New-Batch $sandbox 8
        # Late enough that four are in flight: the first loses its secret, and two are refused.
        Add-SandboxFault $sandbox @{
            operation = 'Rotation'; applicationId = 'application-1'; moment = 'AfterActing'; delayMs = 300; close = $true; times = 1
        }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-2'; status = 400; delayMs = 300; times = 1 }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-3'; status = 404; delayMs = 500; times = 1 }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 800 }

        $shown = Invoke-FreshPwsh -ConnectedTo $sandbox -Interactive $Interactive {
            param($Asks)
            $rotation = @{ ManagingEntityId = 'travel-tech'; ThrottleLimit = 4; Confirm = $false; $Asks = 'Inquire' }
            try {
                1..8 | ForEach-Object { [pscustomobject]@{ Id = "application-$_" } } | Invoke-WinkCredentialRotation @rotation |
                    ForEach-Object { "OUT $($_.ApplicationId) $($_.ClientId) $($_.Credential.GetNetworkCredential().Password)." }
            }
            catch { "END $($_.FullyQualifiedErrorId)" }
        } $Asks

        # An error is wrapped and has a bar before each line.
        $shown = $shown -replace '(?m)^\s+\|\s*' -replace '\s+', ' '
        $shown | Should -BeLike '*END InquiryUnavailable*'
        $count = Get-RotationCount $sandbox
        # The lost secret is not repeated once the pipeline is about to end.
        $failed = 'application-2', 'application-3'
        if ($count['application-1'] -eq 1) {
            $failed += 'application-1'
            $shown | Should -BeLike '*credentials*application-1*were changed, by this rotation or by another one*'
        }
        $sent = $count.Keys | Where-Object { $_ -notin $failed }
        $sent | Should -Not -BeNullOrEmpty
        foreach ($application in $sent) {
            $valid = Get-ValidCredential $sandbox $application
            $shown | Should -BeLike "*OUT $application $($valid.clientId) $($valid.secret).*"
        }
        $shown | Should -BeLike '*Wink refused*application-3*'
    }
}
