# Signals, and stopped processes, are told by kill; elsewhere than on Linux there is none that can be relied on.
BeforeDiscovery { $cannotSignal = -not $IsLinux }

BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    $sandbox = Start-Sandbox
    $operator = New-SandboxApplication $sandbox travel-tech operations -Scope account.read, account.write
    $holder = New-TestCertificate
    $certificate = Join-Path $TestDrive escrow.pem
    Set-Content -LiteralPath $certificate -Value $holder.ExportCertificatePem()

    $hostProgram = Get-ChildItem (Join-Path (Split-Path (Split-Path $PSScriptRoot)) out bin Wink.Host) -Filter Wink.Host.dll -Recurse |
        Sort-Object LastWriteTime | Select-Object -Last 1

    function Start-Script {
        # A process of its own that connects and runs the script: pwsh, or another program that hosts PowerShell.
        param([string] $Script, [switch] $Hosted)
        $file = Join-Path $TestDrive "$([guid]::NewGuid()).ps1"
        Set-Content -LiteralPath $file -Value @"
            Import-Module '$(Get-BuiltModule)'
            Connect-Wink -EnvironmentVariable -ApiUri $($sandbox.Http) -IamUri $($sandbox.Http) -TimeoutSec $timeout
            $Script
"@
        $program, [string[]] $arguments = @(if ($Hosted) { 'dotnet', $hostProgram.FullName } else { Get-PwshCommand; '-NoProfile', '-File' }) + $file
        $start = [Diagnostics.ProcessStartInfo]::new($program, $arguments)
        $start.Environment['WINK_CLIENT_ID'], $start.Environment['WINK_CLIENT_SECRET'] = $operator.clientId, $operator.secret
        $start.Environment['NO_COLOR'] = '1'
        $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        [Diagnostics.Process]::Start($start)
    }

    function Wait-Rotation {
        param([int] $Count = 1)
        Wait-Until { @(Get-SandboxRequest $sandbox -Operation Rotation).Count -ge $Count }
    }

    function Get-Escrow {
        Get-ChildItem $folder -Filter *.cms | ForEach-Object { Unprotect-CmsMessage -Path $_.FullName -To $holder | ConvertFrom-Json }
    }

    function Get-ValidCredential {
        param([string] $ApplicationId = 'booking-engine')
        Get-SandboxApplication $sandbox travel-tech $ApplicationId
    }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'A process that is ended by <Signal>' -Skip:$cannotSignal -ForEach @{ Signal = 'TERM'; Code = 143 }, @{ Signal = 'HUP'; Code = 129 } {
    BeforeEach {
        Reset-Sandbox $sandbox
        $null = New-SandboxApplication $sandbox travel-tech booking-engine -Scope account.read
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive "$([guid]::NewGuid())")).FullName
        $escrow = "-EscrowPath '$folder' -EscrowCertificate '$certificate'"
        $timeout = 100
    }

    AfterEach {
        if (-not $process.HasExited) { $process.Kill() }
        $process.Dispose()
    }

    It 'has the valid credentials in escrow, and then ends by that signal' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 2000; times = 1 }
        $process = Start-Script "Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:`$false $escrow; 'the script went on'"
        Wait-Rotation
        $reads = @(Get-SandboxRequest $sandbox -Operation Application).Count

        kill "-$Signal" $process.Id

        $shown = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        $process.ExitCode | Should -Be $Code
        (Get-Escrow).secretKey | Should -BeExactly (Get-ValidCredential).secret
        $shown | Should -BeLike "*This process was told to end.*may have reached Wink already, so its outcome is awaited, for 100 s at most.*will be in escrow in '$folder'*$((Get-ValidCredential).clientId)*"
        $shown | Should -Not -BeLike '*the script went on*'
        Get-SandboxRequest $sandbox -Operation Rotation | Should -HaveCount 1
        Get-SandboxRequest $sandbox -Operation Application | Should -HaveCount $reads
    }

    It 'has handed the credentials to the next command' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 1000; times = 1 }
        $process = Start-Script 'Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false | ForEach-Object { Start-Sleep 1; "stored $($_.ClientId)" }'
        Wait-Rotation

        kill "-$Signal" $process.Id

        $process.StandardOutput.ReadToEnd() | Should -BeLike "*stored $((Get-ValidCredential).clientId)*"
        $process.WaitForExit()
        $process.ExitCode | Should -Be $Code
    }

    It 'does not say that IAM refuses what it was not asked about' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 1500; times = 1 }
        $process = Start-Script 'Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false -Verify'
        Wait-Rotation

        kill "-$Signal" $process.Id

        $process.StandardError.ReadToEnd() -replace '\s+\|?\s*', ' ' | Should -BeLike '*were not verified: the verification was cancelled before IAM had answered*'
    }

    It 'sends nothing more of a batch, and nothing again when a response is lost' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; applicationId = 'application-1'; delayMs = 1500; moment = 'AfterActing'; close = $true }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 2000 }
        $null = New-Fleet $sandbox 12
        $process = Start-Script "1..12 | ForEach-Object { [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = `"application-`$_`" } } |
            Invoke-WinkCredentialRotation -ThrottleLimit 4 -Confirm:`$false $escrow"
        Wait-Rotation 4

        kill "-$Signal" $process.Id
        $process.WaitForExit()

        $process.ExitCode | Should -Be $Code
        $sent = Get-RotationCount $sandbox
        $sent.Keys | Sort-Object | Should -Be application-1, application-2, application-3, application-4
        $sent.Values | Sort-Object -Unique | Should -Be 1
        $kept = Get-Escrow
        $kept.applicationId | Sort-Object | Should -Be application-2, application-3, application-4
        foreach ($one in $kept) { $one.secretKey | Should -BeExactly (Get-ValidCredential $one.applicationId).secret }
    }

    It 'ends at once when nothing is in flight' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Application'; delayMs = 60000 }
        $process = Start-Script "Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:`$false $escrow"
        Wait-Until { Get-SandboxRequest $sandbox -Operation Application }

        kill "-$Signal" $process.Id

        $process.WaitForExit(20000) | Should -BeTrue
        $process.ExitCode | Should -Be $Code
        Get-SandboxRequest $sandbox -Operation Rotation | Should -BeNullOrEmpty
    }

    It 'ends at once where it is another program that hosts PowerShell: its signals are its own' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 60000; times = 1 }
        $process = Start-Script "Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:`$false $escrow" -Hosted
        Wait-Rotation

        kill "-$Signal" $process.Id

        $process.WaitForExit(20000) | Should -BeTrue
        $process.ExitCode | Should -Be $Code
    }
}

Describe 'A response that came in time but was not read in time' -Skip:$cannotSignal {
    BeforeEach {
        Reset-Sandbox $sandbox
        $null = New-SandboxApplication $sandbox travel-tech booking-engine -Scope account.read
        $timeout = 4
    }

    AfterEach {
        if (-not $process.HasExited) { $process.Kill() }
        $process.Dispose()
    }

    It 'is read when the process goes on after a pause' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 1500 }
        $null = New-Fleet $sandbox 64
        $process = Start-Script '1..64 | ForEach-Object { [pscustomobject]@{ ManagingEntityId = "travel-tech"; ApplicationId = "application-$_" } } |
            Invoke-WinkCredentialRotation -ThrottleLimit 64 -Confirm:$false | ForEach-Object ClientId'
        Wait-Rotation 64

        kill -STOP $process.Id
        Start-Sleep 6
        kill -CONT $process.Id

        $shown = $process.StandardOutput.ReadToEnd()
        foreach ($number in 1..64) { $shown | Should -BeLike "*$((Get-ValidCredential "application-$number").clientId)*" }
        Get-SandboxRequest $sandbox -Operation Rotation | Should -HaveCount 64
    }

    It 'is read when all threads were busy for longer than the timeout' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 1500; times = 1 }
        # The blockers are queued once the rotation was sent, before its response comes.
        $process = Start-Script @'
            Add-Type -TypeDefinition 'public static class Busy { public static void Make() { new System.Threading.Thread(() => {
                System.Threading.Thread.Sleep(700);
                for (int i = 0; i < 60; i++) System.Threading.ThreadPool.UnsafeQueueUserWorkItem(_ => System.Threading.Thread.Sleep(1500), null);
            }) { IsBackground = true }.Start(); } }'
            [Busy]::Make()
            Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false
'@
        $process.StandardOutput.ReadToEnd() | Should -BeLike "*$((Get-ValidCredential).clientId)*"
        Get-SandboxRequest $sandbox -Operation Rotation | Should -HaveCount 1
    }
}
