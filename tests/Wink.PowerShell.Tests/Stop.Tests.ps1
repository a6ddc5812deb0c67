BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
    $null = New-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId booking-engine -Scope account.read

    function Start-Rotation {
        # Starts a pipeline in a runspace of its own, over this runspace's connection.
        param([string] $Downstream = 'ForEach-Object { $_ }', [switch] $Asking)
        $shell = [powershell]::Create()
        $null = $shell.AddScript("
            param(`$Module, `$Wink)
            Import-Module `$Module
            Invoke-WinkCredentialRotation travel-tech booking-engine -Connection `$Wink -Confirm:`$$([bool] $Asking) | $Downstream
        ").AddArgument((Get-BuiltModule)).AddArgument((Get-WinkConnection))
        $shell
    }

    function Wait-SandboxRequest {
        param([string] $Operation)
        $until = [DateTime]::UtcNow.AddSeconds(20)
        while (-not (Get-SandboxRequest -Sandbox $sandbox -Operation $Operation)) {
            if ([DateTime]::UtcNow -gt $until) { throw "No $Operation was seen." }
            Start-Sleep -Milliseconds 20
        }
    }

    function Get-RecordedSince {
        # The record outlives Connect-Wink, so it also has what earlier tests rotated.
        param([DateTime] $Moment)
        Get-WinkCredentialRotation | Where-Object RotatedAt -GT $Moment
    }

    function Get-PairInForce { (Get-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId booking-engine) }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'A pipeline that is stopped' {
    BeforeEach {
        Connect-Sandbox $sandbox
        Reset-Sandbox $sandbox
        $old = Get-PairInForce
        $began = [DateTime]::UtcNow
        $shell = $null
    }

    AfterEach { if ($shell) { $shell.Dispose() } }

    It 'ends at once and sends nothing: <When>' -ForEach @(
        @{ When = 'before the look, while a token is got'; Operation = 'Token' }
        @{ When = 'during the look'; Operation = 'Application' }
    ) {
        if ($Operation -eq 'Token') { Clear-SandboxToken -Sandbox $sandbox }
        Add-SandboxFault -Sandbox $sandbox @{ operation = $Operation; delayMs = 20000 }
        $shell = Start-Rotation
        $running = $shell.BeginInvoke()
        Wait-SandboxRequest $Operation

        $stopping = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()

        $stopping.Elapsed.TotalSeconds | Should -BeLessThan 10
        $running.IsCompleted | Should -BeTrue
        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -BeNullOrEmpty
        Get-RecordedSince $began | Should -BeNullOrEmpty
    }

    It 'ends at once, sends nothing and says nothing: at the prompt, where the host <Does>' -ForEach @(
        @{ Does = 'ends its question as it should'; With = [Management.Automation.PipelineStoppedException]::new(); Late = $false }
        @{ Does = 'breaks, a moment before the stop is known, as the console does at Ctrl+C'; With = [NullReferenceException]::new(); Late = $true }
    ) {
        $prompting = New-PromptingHost
        $prompting.InterruptedWith = $With
        $runspace = [runspacefactory]::CreateRunspace($prompting)
        $runspace.Open()
        try {
            $shell = Start-Rotation -Asking
            $shell.Runspace = $runspace
            $running = $shell.BeginInvoke()
            $prompting.Asked.WaitOne(20000) | Should -BeTrue

            if ($Late) {
                $prompting.Interrupt()
                Start-Sleep -Milliseconds 50
            }
            $stopping = $shell.BeginStop($null, $null)
            $prompting.Interrupt()
            $shell.EndStop($stopping)

            $running.IsCompleted | Should -BeTrue
            $shell.InvocationStateInfo.State | Should -Be Stopped
            $prompting.Lines | Should -BeNullOrEmpty
            $shell.Streams.Error | Should -BeNullOrEmpty
            Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -BeNullOrEmpty
        }
        finally { $runspace.Dispose() }
    }

    It 'records the pair in force: <When>' -ForEach @(
        @{ When = 'stopped before Wink acted on what was sent'; Moment = 'BeforeActing' }
        @{ When = 'stopped while the answer is on its way'; Moment = 'AfterActing' }
    ) {
        $answer = @{ operation = 'Rotation'; delayMs = 1000; moment = $Moment; times = 1 }
        if ($Moment -eq 'AfterActing') { $answer += @{ status = 200; body = '{answer}' } }
        Add-SandboxFault -Sandbox $sandbox $answer
        $shell = Start-Rotation
        $null = $shell.BeginInvoke()
        Wait-SandboxRequest Rotation

        $shell.Stop()

        $kept = Get-RecordedSince $began
        $kept | Should -HaveCount 1
        $kept.Credential.GetNetworkCredential().Password | Should -BeExactly (Get-PairInForce).secret
        $kept.ClientId | Should -Not -Be $old.clientId
        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -HaveCount 1
    }

    It 'sends nothing more when the answer is lost while it is being stopped' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 1000; moment = 'AfterActing'; close = $true }
        $shell = Start-Rotation
        $null = $shell.BeginInvoke()
        Wait-SandboxRequest Rotation

        $shell.Stop()

        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -HaveCount 1
        Get-RecordedSince $began | Should -BeNullOrEmpty
    }

    It 'has recorded the pair when it is stopped downstream' {
        $shell = Start-Rotation -Downstream 'ForEach-Object { Start-Sleep 30 }'
        $null = $shell.BeginInvoke()
        while (-not (Get-RecordedSince $began)) { Start-Sleep -Milliseconds 20 }

        $shell.Stop()

        (Get-RecordedSince $began).ClientId | Should -Be (Get-PairInForce).clientId
    }

    It 'has recorded the pair when <Downstream> ends it' -ForEach @(
        @{ Downstream = 'Select-Object -First 1' }
        @{ Downstream = 'ForEach-Object { throw "made-up failure" }' }
        @{ Downstream = 'Where-Object { Get-Item made-up-missing -ErrorAction Stop }' }
    ) {
        $shell = Start-Rotation -Downstream $Downstream
        try { $null = $shell.Invoke() } catch { $null = $_ }

        (Get-RecordedSince $began).ClientId | Should -Be (Get-PairInForce).clientId
    }

    It 'has recorded the pair of those before when one fails with -ErrorAction Stop' {
        $ids = [pscustomobject]@{ Id = 'booking-engine' }, [pscustomobject]@{ Id = 'missing' }
        { $ids | Invoke-WinkCredentialRotation -ManagingEntityId travel-tech -Confirm:$false -ErrorAction Stop } | Should -Throw

        (Get-RecordedSince $began).ClientId | Should -Be (Get-PairInForce).clientId
    }
}

# Elsewhere there is no env that can undo an ignored signal.
Describe 'Ctrl+C in a real pwsh' -Skip:(-not $IsLinux) {
    BeforeAll {
        function Start-Pwsh {
            # A pwsh that can be interrupted: a job in the background, as CI may run this, begins with SIGINT ignored, and pwsh would inherit that.
            param([string] $Script)
            $file = Join-Path $TestDrive "$([guid]::NewGuid()).ps1"
            Set-Content -LiteralPath $file -Value @"
                Import-Module '$PSScriptRoot/TestBed.psm1', '$(Get-BuiltModule)'
                Connect-Sandbox ([pscustomobject]@{ Http = '$($sandbox.Http)' })
                $Script
"@
            $start = [Diagnostics.ProcessStartInfo]::new('env', [string[]] @('--default-signal=INT'; Get-PwshCommand; '-NoProfile', '-File', $file))
            $start.Environment['NO_COLOR'] = '1'
            $start.RedirectStandardOutput = $true
            [Diagnostics.Process]::Start($start)
        }
    }

    BeforeEach {
        Reset-Sandbox $sandbox
        $pwsh = $null
    }

    AfterEach {
        if ($pwsh) {
            if (-not $pwsh.HasExited) { $pwsh.Kill() }
            $pwsh.Dispose()
        }
    }

    It 'after sending tells the person what is awaited, how long at most, and how it ended' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 2000; times = 1 }
        $pwsh = Start-Pwsh 'Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false'
        Wait-SandboxRequest Rotation

        kill -INT $pwsh.Id

        $shown = $pwsh.StandardOutput.ReadToEnd()
        $shown | Should -BeLike '*its outcome is awaited, for 100 s at most*'
        $shown | Should -BeLike '*booking-engine was rotated*Get-WinkCredentialRotation*'
        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -HaveCount 1
    }

    It 'tells the outcome when no usable answer came: <Tells>' -ForEach @(
        @{ Moment = 'BeforeActing'; Tells = '*its client id is still*' }
        @{ Moment = 'AfterActing'; Tells = '*took effect*nobody holds the new secret*' }
    ) {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 2000; close = $true; moment = $Moment }
        $pwsh = Start-Pwsh 'Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false'
        Wait-SandboxRequest Rotation

        kill -INT $pwsh.Id

        $pwsh.StandardOutput.ReadToEnd() | Should -BeLike $Tells
        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -HaveCount 1
    }
}
