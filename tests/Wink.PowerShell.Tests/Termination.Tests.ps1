# Signals, and stopped processes, are sent by kill; elsewhere than on Linux there is none that can be relied on.
BeforeDiscovery { $cannotSignal = -not $IsLinux }

BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    $sandbox = Start-Sandbox
    $connected = @{ ConnectedTo = $sandbox; Interactive = $true }
    $holder = New-TestCertificate
    $certificate = Join-Path $TestDrive escrow.pem
    Set-Content -LiteralPath $certificate -Value $holder.ExportCertificatePem()

    $rotate = {
        param($Folder, $Certificate)
        Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false -EscrowPath $Folder -EscrowCertificate $Certificate
    }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'A process that nohup started' -Skip:$cannotSignal {
    It 'goes on with its batch after its terminal was closed' {
        Reset-Sandbox $sandbox
        New-Batch $sandbox 2 | Out-Null
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 2000; times = 1 }
        $process = Start-FreshPwsh @connected -Through nohup {
            $rotations = Invoke-WinkCredentialRotation travel-tech application-1, application-2 -Confirm:$false
            "came out: $($rotations.Count)"
        }
        try {
            Wait-SandboxRequest $sandbox Rotation

            kill -HUP $process.Id

            $process.StandardOutput.ReadToEnd() | Should -BeLike 'came out: 2*'
            $process.WaitForExit()
            $process.ExitCode | Should -Be 0
            Get-SandboxRequest $sandbox Rotation | Should -HaveCount 2
        }
        finally { $process.Dispose() }
    }
}

Describe 'A process that is ended by <Signal>' -Skip:$cannotSignal -ForEach @(
    @{ Signal = 'TERM'; Code = 143 }
    @{ Signal = 'HUP'; Code = 129 }
) {
    BeforeEach {
        Reset-Sandbox $sandbox
        $null = New-SandboxApplication $sandbox travel-tech booking-engine -Scope account.read
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive "$([guid]::NewGuid())")).FullName
    }

    AfterEach {
        if (-not $process.HasExited) { $process.Kill() }
        $process.Dispose()
    }

    It 'has the valid credentials in escrow, and then ends by that signal' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 4000; times = 1 }
        $process = Start-FreshPwsh @connected {
            param($Folder, $Certificate)
            Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false -EscrowPath $Folder -EscrowCertificate $Certificate
            'the script went on'
        } $folder, $certificate
        Wait-SandboxRequest $sandbox Rotation
        $reads = @(Get-SandboxRequest $sandbox Application).Count

        kill "-$Signal" $process.Id

        $shown = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        $process.ExitCode | Should -Be $Code
        (Read-Escrow $folder $holder).secretKey | Should -BeExactly (Get-ValidCredential $sandbox).secret
        $shown | Should -BeLike ('*This process was told to end.*' +
            'may have reached Wink already, so its outcome is awaited: the response for at most 100 s, and if none comes*' +
            "will be in escrow in '$folder'*$((Get-ValidCredential $sandbox).clientId)*")
        $shown | Should -Not -BeLike '*the script went on*'
        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
        Get-SandboxRequest $sandbox Application | Should -HaveCount $reads
    }

    It 'has handed the credentials to the next command' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 3000; times = 1 }
        $process = Start-FreshPwsh @connected {
            Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false |
                ForEach-Object { Start-Sleep 1; "stored $($_.ClientId)" }
        }
        Wait-SandboxRequest $sandbox Rotation

        kill "-$Signal" $process.Id

        $process.StandardOutput.ReadToEnd() | Should -BeLike "*stored $((Get-ValidCredential $sandbox).clientId)*"
        $process.WaitForExit()
        $process.ExitCode | Should -Be $Code
    }

    It 'does not say that IAM refuses what it was not asked about' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 3000; times = 1 }
        $process = Start-FreshPwsh @connected { Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false -Verify }
        Wait-SandboxRequest $sandbox Rotation

        kill "-$Signal" $process.Id

        (Remove-Color $process.StandardError.ReadToEnd()) -replace '\s+\|?\s*', ' ' |
            Should -BeLike '*were not verified: the verification was cancelled before IAM had responded*'
    }

    It 'sends nothing more of a batch, and nothing again when a response is lost' {
        Add-SandboxFault $sandbox @{
            operation = 'Rotation'; applicationId = 'application-1'; delayMs = 3000; moment = 'AfterActing'; close = $true
        }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 4000 }
        $null = New-Batch $sandbox 12
        $process = Start-FreshPwsh @connected {
            param($Folder, $Certificate)
            1..12 | ForEach-Object { [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = "application-$_" } } |
                Invoke-WinkCredentialRotation -ThrottleLimit 4 -Confirm:$false -EscrowPath $Folder -EscrowCertificate $Certificate
        } $folder, $certificate
        Wait-SandboxRequest $sandbox Rotation -Count 4

        kill "-$Signal" $process.Id
        $process.WaitForExit()

        $process.ExitCode | Should -Be $Code
        $sent = Get-RotationCount $sandbox
        $sent.Keys | Sort-Object | Should -Be application-1, application-2, application-3, application-4
        $sent.Values | Sort-Object -Unique | Should -Be 1
        $kept = Read-Escrow $folder $holder
        $kept.applicationId | Sort-Object | Should -Be application-2, application-3, application-4
        foreach ($one in $kept) { $one.secretKey | Should -BeExactly (Get-ValidCredential $sandbox $one.applicationId).secret }
    }

    It 'ends at once when nothing is in flight' {
        Add-SandboxFault $sandbox @{ operation = 'Application'; delayMs = 60000 }
        $process = Start-FreshPwsh @connected $rotate $folder, $certificate
        Wait-Until { Get-SandboxRequest $sandbox Application }

        kill "-$Signal" $process.Id

        $process.WaitForExit(20000) | Should -BeTrue
        $process.ExitCode | Should -Be $Code
        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }

    It 'sends nothing that begins after it <Where>, and ends when what it received is saved' -ForEach @(
        @{ Where = 'in the block of -SaveWith' }
        @{ Where = 'in another runspace' }
    ) {
        $null = New-Batch $sandbox 1
        $vault = Join-Path $folder vault
        $process = Start-FreshPwsh @connected {
            param($Where, $Vault)
            # Registered last, and so called first: right before the module is told.
            Add-Type -TypeDefinition 'using System.Runtime.InteropServices; using System.Threading; public static class Signal {
                static readonly ManualResetEventSlim Event = new ManualResetEventSlim();
                static PosixSignalRegistration[] registered;
                public static void Register() { registered = new[] {
                    PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Event.Set()),
                    PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => Event.Set()) }; }
                public static void Await() { if (Event.Wait(20000)) Thread.Sleep(500); } }'
            $another = [powershell]::Create()
            $null = $another.AddScript('Import-Module $args[0]').AddArgument((Get-Module Wink.PowerShell).Path).Invoke()
            $another.Commands.Clear()
            $null = $another.AddScript('Invoke-WinkCredentialRotation travel-tech application-1 -Connection $args[0] -Confirm:$false').
                AddArgument((Get-WinkConnection))
            Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false -SaveWith {
                [Signal]::Register()
                Set-Content "$Vault.ready" ready
                [Signal]::Await()
                if ($Where -like '*block*') { Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false }
                else {
                    $null = $another.BeginInvoke()
                    # Time enough to send what must not be sent.
                    Start-Sleep 2
                }
                Set-Content $Vault $_.Credential.GetNetworkCredential().Password
            }
        } $Where, $vault
        Wait-Until { Test-Path "$vault.ready" }

        kill "-$Signal" $process.Id

        $process.WaitForExit(30000) | Should -BeTrue
        $process.ExitCode | Should -Be $Code
        Get-RotationCount $sandbox | ForEach-Object Keys | Should -Be booking-engine
        Get-Content $vault | Should -BeExactly (Get-ValidCredential $sandbox).secret
    }

    It 'ends at once where it is another program that hosts PowerShell: its signals are its own' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 60000; times = 1 }
        $program = Get-ChildItem (Join-Path (Split-Path (Split-Path $PSScriptRoot)) out bin Wink.Host) -Filter Wink.Host.dll -Recurse |
            Sort-Object LastWriteTime | Select-Object -Last 1
        $process = Start-FreshPwsh -ConnectedTo $sandbox -Program dotnet, $program.FullName $rotate $folder, $certificate
        Wait-SandboxRequest $sandbox Rotation

        kill "-$Signal" $process.Id

        $process.WaitForExit(20000) | Should -BeTrue
        $process.ExitCode | Should -Be $Code
    }
}

Describe 'A response that came in time but was not read in time' -Skip:$cannotSignal {
    BeforeEach {
        Reset-Sandbox $sandbox
        $null = New-SandboxApplication $sandbox travel-tech booking-engine -Scope account.read
    }

    AfterEach {
        if (-not $process.HasExited) { $process.Kill() }
        $process.Dispose()
    }

    It 'is read when the process goes on after a pause' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 1500 }
        $null = New-Batch $sandbox 64
        $process = Start-FreshPwsh @connected -TimeoutSec 4 {
            1..64 | ForEach-Object { [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = "application-$_" } } |
                Invoke-WinkCredentialRotation -ThrottleLimit 64 -Confirm:$false | ForEach-Object ClientId
        }
        Wait-SandboxRequest $sandbox Rotation -Count 64

        kill -STOP $process.Id
        Start-Sleep 6
        kill -CONT $process.Id

        $shown = $process.StandardOutput.ReadToEnd()
        foreach ($number in 1..64) { $shown | Should -BeLike "*$((Get-ValidCredential $sandbox "application-$number").clientId)*" }
        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 64
    }

    It 'is read when all threads were busy for longer than the timeout' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 1500; times = 1 }
        # The blockers are queued once the rotation was sent, before its response comes.
        $process = Start-FreshPwsh @connected -TimeoutSec 4 {
            Add-Type -TypeDefinition 'using System.Threading; public static class Busy { public static void Make() { new Thread(() => {
                Thread.Sleep(700);
                for (int i = 0; i < 60; i++) ThreadPool.UnsafeQueueUserWorkItem(_ => Thread.Sleep(1500), null);
            }) { IsBackground = true }.Start(); } }'
            [Busy]::Make()
            Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false
        }
        $process.StandardOutput.ReadToEnd() | Should -BeLike "*$((Get-ValidCredential $sandbox).clientId)*"
        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
    }
}

Describe 'A process that is killed' -Skip:$cannotSignal {
    It 'has in escrow what was received, also while it is not yet known whose credentials these are' {
        Reset-Sandbox $sandbox
        $null = New-SandboxApplication $sandbox travel-tech booking-engine -Scope account.read
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive "$([guid]::NewGuid())")).FullName
        Add-SandboxFault $sandbox @{
            operation = 'Rotation'; moment = 'AfterActing'; times = 1; status = 200
            body = '{"clientId":{clientId},"secretKey":{secretKey}}'
        }
        # The look-up is answered; the read that is to tell whose they are hangs.
        Add-SandboxFault $sandbox @{ operation = 'Application'; delayMs = 1; times = 1 }
        Add-SandboxFault $sandbox @{ operation = 'Application'; delayMs = 20000 }
        $process = Start-FreshPwsh @connected $rotate $folder, $certificate
        try {
            Wait-SandboxRequest $sandbox Rotation
            Wait-Until { (Get-Content (Join-Path $folder *.cms) -Raw) -like '*BEGIN CMS*' }
            kill -KILL $process.Id
            $process.WaitForExit()
        }
        finally {
            if (-not $process.HasExited) { $process.Kill() }
            $process.Dispose()
        }

        $kept = Read-Escrow $folder $holder
        $kept.secretKey | Should -BeExactly (Get-ValidCredential $sandbox).secret
        $kept.doubt | Should -BeLike '*it named no application*'
    }
}
