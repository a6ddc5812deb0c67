# What may differ from one PowerShell to the next, of the built module; all of it is in Wink.PowerShell.HostTests.
BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
    $null = New-SandboxApplication $sandbox travel-tech booking-engine -Scope account.read
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

    It 'ends at once, sends nothing and says nothing at the prompt, where the host breaks as the console does at Ctrl+C' {
        $person = New-PromptingHost @{ InterruptedWith = [NullReferenceException]::new() }
        $shell = New-Pipeline -PSHost $person { Invoke-WinkCredentialRotation travel-tech booking-engine -Connection $wink -Confirm }
        $running = $shell.BeginInvoke()
        $person.Asked.WaitOne(20000) | Should -BeTrue

        # A moment before the stop is known.
        $person.Interrupt()
        Start-Sleep -Milliseconds 50
        $shell.Stop()

        $running.IsCompleted | Should -BeTrue
        $shell.InvocationStateInfo.State | Should -Be Stopped
        $person.Lines | Should -BeNullOrEmpty
        $shell.Streams.Error | Should -BeNullOrEmpty
        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }

    It 'keeps the valid credentials when the response is on its way' {
        Add-SandboxFault $sandbox @{
            operation = 'Rotation'; delayMs = 3000; moment = 'AfterActing'; times = 1; status = 200; body = '{response}'
        }
        $shell = New-Pipeline -PSHost $null {
            Invoke-WinkCredentialRotation travel-tech booking-engine -Connection $wink -Confirm:$false
        }
        $null = $shell.BeginInvoke()
        Wait-SandboxRequest $sandbox Rotation

        $shell.Stop()

        $kept = Get-RotationSince $began
        $kept | Should -HaveCount 1
        $kept | Assert-ValidCredential -At $sandbox
        $kept.ClientId | Should -Not -Be $old.clientId
        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
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
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 4000; times = 1 }
        $pwsh = Start-FreshPwsh @interruptible $rotate
        Wait-SandboxRequest $sandbox Rotation

        kill -INT $pwsh.Id

        $shown = $pwsh.StandardOutput.ReadToEnd()
        $shown | Should -BeLike '*its outcome is awaited: the response for at most 100 s*'
        $shown | Should -BeLike '*(booking-engine) was rotated*Get-WinkCredentialRotation*'
        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
    }

    It 'tells the outcome when no usable response came: <Tells>' -ForEach @(
        @{ Moment = 'BeforeActing'; Tells = '*no effect was seen by*its client ID was still*' }
        @{ Moment = 'AfterActing'; Tells = '*were changed, by this rotation or by another one, and this rotation received no new secret*' }
    ) {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 4000; close = $true; moment = $Moment }
        $pwsh = Start-FreshPwsh @interruptible $rotate
        Wait-SandboxRequest $sandbox Rotation

        kill -INT $pwsh.Id

        $pwsh.StandardOutput.ReadToEnd() | Should -BeLike $Tells
        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
    }
}
