BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $module = Get-BuiltModule
    $sandbox = Start-Sandbox
    $other = Start-Sandbox
    foreach ($at in $sandbox, $other) { New-SandboxApplicationList $at travel-tech 8 }

    function Invoke-Rotation {
        param([string] $ApplicationId, [hashtable] $With = @{})
        Invoke-WinkCredentialRotation travel-tech $ApplicationId -Confirm:$false @With
    }

    function Get-Since {
        # The applications rotated in this test.
        param([hashtable] $With = @{})
        (Get-RotationSince $began $With).ApplicationId
    }
}

AfterAll {
    Stop-Sandbox $sandbox
    Stop-Sandbox $other
}

Describe 'The history of rotations' {
    BeforeEach {
        foreach ($at in $sandbox, $other) { Reset-Sandbox $at }
        Connect-Sandbox $sandbox
        $wink = Get-WinkConnection
        $began = [DateTime]::UtcNow
    }

    It 'is kept by the runspace through other addresses and back, each rotation once, newest last' {
        $null = Invoke-Rotation application-1
        Connect-Sandbox $other
        $elsewhere = Get-WinkConnection
        $null = Invoke-Rotation application-2
        Connect-Sandbox $sandbox
        $null = Invoke-Rotation application-3
        $null = Invoke-Rotation application-1

        Get-Since | Should -Be application-1, application-2, application-3, application-1
        (Get-WinkCredentialRotation)[-1] | Assert-ValidCredential -At $sandbox
        (Get-WinkCredentialRotation application-2)[-1] | Assert-ValidCredential -At $other
    }

    It 'has secrets of its own, whatever a script does to those that it was given' {
        (Invoke-Rotation application-1).Credential.Password.Dispose()
        (Get-WinkCredentialRotation application-1)[-1].Credential.Password.Dispose()
        (Invoke-Rotation application-2 -With @{ Verify = $true }).Credential.Password.Dispose()

        (Get-WinkCredentialRotation application-1)[-1] | Assert-ValidCredential -At $sandbox
        $verified = (Get-WinkCredentialRotation application-2)[-1]
        $verified | Assert-ValidCredential -At $sandbox
        $verified.Verified | Should -BeTrue
    }

    It 'is that of a connection with -Connection, also after it was ended' {
        $null = Invoke-Rotation application-1
        Connect-Sandbox $other
        $null = Invoke-Rotation application-2
        $null = Invoke-Rotation application-3 -With @{ Connection = $wink }
        Disconnect-Wink $wink

        Get-Since -With @{ Connection = $wink } | Should -Be application-1, application-3
        Get-Since -With @{ Connection = Get-WinkConnection } | Should -Be application-2
    }

    It 'is kept after Disconnect-Wink, and after a Connect-Wink that failed' {
        $null = Invoke-Rotation application-1
        Disconnect-Wink
        { Connect-Wink (New-TestCredential nobody made-up-secret) -ApiUri $sandbox.Http -IamUri $sandbox.Http } | Should -Throw

        Get-Since | Should -Be application-1
        (TabExpansion2 'Get-WinkCredentialRotation ' 27).CompletionMatches.CompletionText | Should -Contain application-1
    }

    It 'is kept through Import-Module -Force, and through Remove-Module' {
        $null = Invoke-Rotation application-1

        Import-Module $module -Force
        Get-Since | Should -Be application-1

        Remove-Module Wink.PowerShell
        Import-Module $module
        Get-Since | Should -Be application-1
    }

    It 'outlives the runspaces of ForEach-Object -Parallel that were lent a connection' {
        1..4 | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:module
            $null = Invoke-WinkCredentialRotation travel-tech "application-$_" -Confirm:$false -Connection $using:wink
            if (@(Get-WinkCredentialRotation).ApplicationId -notcontains "application-$_") { throw 'The runspace itself does not have it.' }
        }

        Get-Since | Sort-Object | Should -Be application-1, application-2, application-3, application-4
        Get-RotationSince $began | Assert-ValidCredential -At $sandbox
        # The runspace that connected has it also when it is connected elsewhere by then.
        Connect-Sandbox $other
        Get-Since | Should -HaveCount 4
    }

    It 'has what a thread job rotated that was stopped in flight: <When>' -ForEach @(
        @{ When = 'over a connection that it was lent'; Elsewhere = $false }
        @{ When = 'over one that was left for another address meanwhile'; Elsewhere = $true }
    ) {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 1000; times = 1 }
        $job = Start-ThreadJob {
            Import-Module $using:module
            Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false -Connection $using:wink
        }
        Wait-SandboxRequest $sandbox Rotation
        if ($Elsewhere) { Connect-Sandbox $other }

        Stop-Job $job

        Get-Since | Should -Be application-1
        Get-Since -With @{ Connection = $wink } | Should -Be application-1
        (Get-WinkCredentialRotation)[-1] | Assert-ValidCredential -At $sandbox
        Remove-Job $job
    }
}
