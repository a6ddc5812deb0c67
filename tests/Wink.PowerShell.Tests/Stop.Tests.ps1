BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
    $null = New-SandboxApplication $sandbox travel-tech booking-engine -Scope account.read
    $rotate = { Invoke-WinkCredentialRotation travel-tech booking-engine -Connection $wink -Confirm:$false }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'A pipeline that is stopped' {
    BeforeEach {
        Connect-Sandbox $sandbox
        Reset-Sandbox $sandbox
        $old = Get-ValidCredential $sandbox
        $began = [DateTime]::UtcNow
        $shell = $null
    }

    AfterEach { Remove-Pipeline $shell }

    It 'ends at once and sends nothing: <When>' -ForEach @(
        @{ When = 'before the look-up, while a token is obtained'; Operation = 'Token' }
        @{ When = 'during the look-up'; Operation = 'Application' }
    ) {
        if ($Operation -eq 'Token') { Clear-SandboxToken $sandbox }
        Add-SandboxFault $sandbox @{ operation = $Operation; delayMs = 20000 }
        $shell = New-Pipeline $rotate -PSHost $null
        $running = $shell.BeginInvoke()
        Wait-SandboxRequest $sandbox $Operation

        $stopping = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()

        $stopping.Elapsed.TotalSeconds | Should -BeLessThan 10
        $running.IsCompleted | Should -BeTrue
        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
        Get-RotationSince $began | Should -BeNullOrEmpty
    }

    It 'ends at once, sends nothing and says nothing: at the prompt, where the host <Does>' -ForEach @(
        @{
            Does = 'ends its question as it should'
            With = [Management.Automation.PipelineStoppedException]::new()
            Late = $false
        }
        @{
            Does = 'breaks, a moment before the stop is known, as the console does at Ctrl+C'
            With = [NullReferenceException]::new()
            Late = $true
        }
    ) {
        $person = New-PromptingHost @{ InterruptedWith = $With }
        $shell = New-Pipeline -PSHost $person { Invoke-WinkCredentialRotation travel-tech booking-engine -Connection $wink -Confirm }
        $running = $shell.BeginInvoke()
        $person.Asked.WaitOne(20000) | Should -BeTrue

        if ($Late) {
            $person.Interrupt()
            Start-Sleep -Milliseconds 50
        }
        $stopping = $shell.BeginStop($null, $null)
        $person.Interrupt()
        $shell.EndStop($stopping)

        $running.IsCompleted | Should -BeTrue
        $shell.InvocationStateInfo.State | Should -Be Stopped
        $person.Lines | Should -BeNullOrEmpty
        $shell.Streams.Error | Should -BeNullOrEmpty
        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }

    It 'keeps the valid credentials: <When>' -ForEach @(
        @{ When = 'stopped before Wink acted on what was sent'; Moment = 'BeforeActing' }
        @{ When = 'stopped while the response is on its way'; Moment = 'AfterActing' }
    ) {
        $response = @{ operation = 'Rotation'; delayMs = 1000; moment = $Moment; times = 1 }
        if ($Moment -eq 'AfterActing') { $response += @{ status = 200; body = '{answer}' } }
        Add-SandboxFault $sandbox $response
        $shell = New-Pipeline $rotate -PSHost $null
        $null = $shell.BeginInvoke()
        Wait-SandboxRequest $sandbox Rotation

        $shell.Stop()

        $kept = Get-RotationSince $began
        $kept | Should -HaveCount 1
        $kept | Assert-ValidCredential -At $sandbox
        $kept.ClientId | Should -Not -Be $old.clientId
        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
    }

    It 'sends nothing more when the response is lost while it is being stopped' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 1000; moment = 'AfterActing'; close = $true }
        $shell = New-Pipeline $rotate -PSHost $null
        $null = $shell.BeginInvoke()
        Wait-SandboxRequest $sandbox Rotation

        $shell.Stop()

        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
        Get-RotationSince $began | Should -BeNullOrEmpty
    }

    It 'has kept the credentials when it is stopped downstream' {
        $shell = New-Pipeline -PSHost $null {
            Invoke-WinkCredentialRotation travel-tech booking-engine -Connection $wink -Confirm:$false | ForEach-Object { Start-Sleep 30 }
        }
        $null = $shell.BeginInvoke()
        Wait-Until { Get-RotationSince $began }

        $shell.Stop()

        (Get-RotationSince $began).ClientId | Should -Be (Get-ValidCredential $sandbox).clientId
    }

    It 'has kept the credentials when <Ending> ends it' -ForEach @(
        @{
            Ending = 'Select-Object -First 1'
            Script = { Invoke-WinkCredentialRotation travel-tech booking-engine -Connection $wink -Confirm:$false | Select-Object -First 1 }
        }
        @{
            Ending = 'a throw downstream'
            Script = {
                Invoke-WinkCredentialRotation travel-tech booking-engine -Connection $wink -Confirm:$false |
                    ForEach-Object { throw 'made-up failure' }
            }
        }
        @{
            Ending = '-ErrorAction Stop downstream'
            Script = {
                Invoke-WinkCredentialRotation travel-tech booking-engine -Connection $wink -Confirm:$false |
                    Where-Object { Get-Item made-up-missing -ErrorAction Stop }
            }
        }
    ) {
        $shell = New-Pipeline $Script -PSHost $null
        try { $null = $shell.Invoke() } catch { $null = $_ }

        (Get-RotationSince $began).ClientId | Should -Be (Get-ValidCredential $sandbox).clientId
    }

    It 'has kept the credentials of those before when one fails with -ErrorAction Stop' {
        $ids = [pscustomobject]@{ Id = 'booking-engine' }, [pscustomobject]@{ Id = 'missing' }
        { $ids | Invoke-WinkCredentialRotation -ManagingEntityId travel-tech -Confirm:$false -ErrorAction Stop } | Should -Throw

        (Get-RotationSince $began).ClientId | Should -Be (Get-ValidCredential $sandbox).clientId
    }
}

# Elsewhere there is no env that can undo an ignored signal.
Describe 'Ctrl+C in a real pwsh' -Skip:(-not $IsLinux) {
    BeforeAll {
        # A job in the background, as CI may run this, begins with SIGINT ignored, and pwsh would inherit that.
        $interruptible = @{ ConnectedTo = $sandbox; Interactive = $true; Through = 'env', '--default-signal=INT' }
        $rotate = { Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false }
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
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 2000; times = 1 }
        $pwsh = Start-FreshPwsh @interruptible $rotate
        Wait-SandboxRequest $sandbox Rotation

        kill -INT $pwsh.Id

        $shown = $pwsh.StandardOutput.ReadToEnd()
        $shown | Should -BeLike '*its outcome is awaited, for 100 s at most*'
        $shown | Should -BeLike '*booking-engine was rotated*Get-WinkCredentialRotation*'
        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
    }

    It 'tells the outcome when no usable response came: <Tells>' -ForEach @(
        @{ Moment = 'BeforeActing'; Tells = '*its client id is still*' }
        @{ Moment = 'AfterActing'; Tells = '*took effect*nobody holds the new secret*' }
    ) {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 2000; close = $true; moment = $Moment }
        $pwsh = Start-FreshPwsh @interruptible $rotate
        Wait-SandboxRequest $sandbox Rotation

        kill -INT $pwsh.Id

        $pwsh.StandardOutput.ReadToEnd() | Should -BeLike $Tells
        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
    }
}
