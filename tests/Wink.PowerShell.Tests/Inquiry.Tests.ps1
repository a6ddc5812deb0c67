BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
    $rotate = '$Fleet | Invoke-WinkCredentialRotation @rotation -Confirm:$false'

    function Add-Trouble {
        # Late enough that four are in flight: the first is lost on the way and rotated once more, with a warning; two are refused.
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; applicationId = 'application-1'; moment = 'AfterActing'; delayMs = 300; close = $true; times = 1 }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; applicationId = 'application-2'; status = 400; delayMs = 300; times = 1 }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; applicationId = 'application-3'; status = 404; delayMs = 500; times = 1 }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 800 }
    }

    function Invoke-Fleet {
        # All that a pipeline brings, and what ended it.
        param([string] $Pipeline, [int] $Count = 8, $PSHost)
        $shell = Start-Fleet (New-Fleet $sandbox $Count) $Pipeline $PSHost
        Add-Trouble
        $output = [Management.Automation.PSDataCollection[psobject]]::new()
        $end = $null
        try { $null = $shell.Invoke($null, $output) } catch { $end = $_.Exception.InnerException.ErrorRecord }
        # A terminating error of a cmdlet ends its pipeline alone, and is then the last on the error stream.
        $errors = @($shell.Streams.Error)
        if (-not $end) { $end = $errors[-1] }
        [pscustomobject]@{ Output = @($output); Errors = $errors; End = $end; Warnings = "$($shell.Streams.Warning)"; Lines = "$($PSHost.Lines)"; Questions = @($PSHost.Questions) }
        $shell.Runspace.Dispose()
        $shell.Dispose()
    }

    function Should-HaveWrittenAllThatWinkMade {
        # Each set of credentials that the sandbox made came out, and it is the valid one.
        param([Parameter(ValueFromPipeline)] $Ran, [int] $Refused)
        $sent = (Get-RotationCount $sandbox).Keys
        @($Ran.Output) | Should -HaveCount ($sent.Count - $Refused)
        foreach ($rotation in $Ran.Output) {
            $valid = Get-SandboxApplication $sandbox travel-tech $rotation.ApplicationId
            $rotation.ClientId | Should -BeExactly $valid.clientId
            $rotation.Credential.GetNetworkCredential().Password | Should -BeExactly $valid.secret
        }
    }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'A pipeline that asks, where nobody can answer' {
    BeforeEach {
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox
    }

    It 'writes all that was in flight, tells every error, and ends with one clear error: <Asks>, <Nobody>' -ForEach @(
        foreach ($asks in '-ErrorAction Inquire', '-WarningAction Inquire', '-Debug') {
            @{ Asks = $asks; Nobody = 'a host without an interface'; Refusal = $null }
            @{ Asks = $asks; Nobody = 'a host that refuses'; Refusal = [Management.Automation.Host.HostException]::new('made-up') }
        }
        @{ Asks = '-ErrorAction Inquire'; Nobody = 'PowerShell that is not interactive'; Refusal = [InvalidOperationException]::new('made-up') }
        @{ Asks = '-ErrorAction Inquire'; Nobody = 'a host that is not finished'; Refusal = [NotImplementedException]::new('made-up') }
        @{ Asks = '-ErrorAction Inquire'; Nobody = 'a console whose input has ended'; Refusal = [NullReferenceException]::new('made-up') }
        @{ Asks = '-ErrorAction Inquire'; Nobody = 'a host that waits no longer'; Refusal = [TimeoutException]::new('made-up') }
    ) {
        $person = if ($Refusal) { New-PromptingHost }
        if ($Refusal) { $person.Refusal = $Refusal }

        $ran = Invoke-Fleet "$rotate $Asks" -PSHost $person

        $ran.End.FullyQualifiedErrorId | Should -Be 'InquiryUnavailable,Wink.PowerShell.InvokeWinkCredentialRotationCommand'
        "$($ran.End)" | Should -BeLike "*With $Asks,*nobody could answer*What was sent was awaited: * rotated, 2 failed*in the output*Nothing was sent for any other application*"
        $ran.End.ErrorDetails.RecommendedAction | Should -BeLike "*leave $Asks out*"
        $ran | Should-HaveWrittenAllThatWinkMade -Refused 2
        (Get-RotationCount $sandbox).Count | Should -BeLessThan 8
        foreach ($application in 'application-1', 'application-2', 'application-3') { "$($ran.Errors) $($ran.Warnings)" | Should -BeLike "*$application*" }
        # The end holds what began it.
        "$($ran.End)" | Should -BeLike $($Asks -eq '-ErrorAction Inquire' ? '*application-2*refused*' : '*application-1*nobody holds its secret*')
    }

    It 'is the same for one rotation: <Asks>' -ForEach @(
        @{ Asks = '-ErrorAction Inquire'; Count = 2; Refused = 1 }
        @{ Asks = '-Debug'; Count = 1; Refused = 0 }
    ) {
        $ran = Invoke-Fleet "`$Fleet[-1] | Invoke-WinkCredentialRotation -Connection `$Wink -Confirm:`$false $Asks" -Count $Count

        $ran.End.FullyQualifiedErrorId | Should -BeLike 'InquiryUnavailable,*'
        "$($ran.End)" | Should -BeLike "*application-$Count*"
        $ran | Should-HaveWrittenAllThatWinkMade -Refused $Refused
    }

    It 'says which variable asked: <Variable>' -ForEach @(
        @{ Variable = '$WarningPreference' }
        @{ Variable = '$ProgressPreference' }
        @{ Variable = '$DebugPreference' }
    ) {
        $person = New-PromptingHost
        $person.Refusal = [InvalidOperationException]::new('made-up')

        $ran = Invoke-Fleet "$Variable = 'Inquire'; $rotate" -PSHost $person

        $ran.End.FullyQualifiedErrorId | Should -BeLike 'InquiryUnavailable,*'
        "$($ran.End)" | Should -BeLike "*With $Variable = 'Inquire'*"
        $ran | Should-HaveWrittenAllThatWinkMade -Refused $ran.Errors.Where{ $_.FullyQualifiedErrorId -like 'RotationRejected*' }.Count
    }

    It 'tells its end on the host, where $ErrorActionPreference has PowerShell ask about that, too' {
        $person = New-PromptingHost
        $person.Refusal = [InvalidOperationException]::new('made-up')

        $ran = Invoke-Fleet "`$ErrorActionPreference = 'Inquire'; $rotate" -PSHost $person

        $ran.Lines | Should -BeLike "*With `$ErrorActionPreference = 'Inquire'*application-2*leave*out*"
        $ran | Should-HaveWrittenAllThatWinkMade -Refused 2
    }

    It 'tells on the host what could not be written: a warning that came after it' {
        $person = New-PromptingHost
        $person.Refusal = [InvalidOperationException]::new('made-up')

        $ran = Invoke-Fleet "$rotate -ErrorAction Inquire -WarningAction Inquire" -PSHost $person

        foreach ($application in 'application-1', 'application-2', 'application-3') {
            $ran.Lines | Should -BeLike "*$application*"
            "$($ran.End)" | Should -BeLike "*$application*"
        }
        $person.Questions | Should -HaveCount 1
        $ran | Should-HaveWrittenAllThatWinkMade -Refused 2
    }

    It 'says a warning once that stops or asks: <Action>' -ForEach @{ Action = 'Stop' }, @{ Action = 'Inquire' } {
        $person = New-PromptingHost
        $person.Refusal = [InvalidOperationException]::new('made-up')

        $ran = Invoke-Fleet "$rotate -WarningAction $Action" -PSHost $person

        $ran.Warnings | Should -BeLike '*application-1*nobody holds its secret*'
        $ran.Lines | Should -BeNullOrEmpty
        $ran | Should-HaveWrittenAllThatWinkMade -Refused 2
    }

    It 'is no question of a host that can not show a line' {
        $person = New-PromptingHost
        $person.CanNotWarn = $true

        $ran = Invoke-Fleet $rotate -PSHost $person

        "$($ran.End)" | Should -BeLike 'The host could not show a line*application-1*'
        $ran | Should-HaveWrittenAllThatWinkMade -Refused 2
    }

    It 'in a pwsh of its own: <How>, <Asks>' -ForEach @(
        @{ How = 'its input has ended'; Interactive = $true; Asks = '-ErrorAction Inquire' }
        @{ How = 'its input has ended'; Interactive = $true; Asks = '-WarningAction Inquire' }
        @{ How = '-NonInteractive'; Interactive = $false; Asks = '-ErrorAction Inquire' }
    ) {
        $null = New-Fleet $sandbox 8
        Add-Trouble
        $shown = Invoke-FreshPwsh -Interactive:$Interactive @"
            Import-Module '$PSScriptRoot/TestBed.psm1', '$(Get-BuiltModule)'
            Connect-Sandbox ([pscustomobject]@{ Http = '$($sandbox.Http)' })
            try {
                1..8 | ForEach-Object { [pscustomobject]@{ Id = "application-`$_" } } |
                    Invoke-WinkCredentialRotation -ManagingEntityId travel-tech -ThrottleLimit 4 -Confirm:`$false $Asks |
                    ForEach-Object { "OUT `$(`$_.ApplicationId) `$(`$_.ClientId) `$(`$_.Credential.GetNetworkCredential().Password)." }
            }
            catch { "END `$(`$_.FullyQualifiedErrorId)" }
"@
        $shown | Should -BeLike '*END InquiryUnavailable*'
        $sent = (Get-RotationCount $sandbox).Keys | Where-Object { $_ -notin 'application-2', 'application-3' }
        $sent | Should -Not -BeNullOrEmpty
        foreach ($application in $sent) {
            $valid = Get-SandboxApplication $sandbox travel-tech $application
            $shown | Should -BeLike "*OUT $application $($valid.clientId) $($valid.secret).*"
        }
        $shown | Should -BeLike '*application-3*refused*'
    }

    It '<Cmdlet> ends as clearly' -ForEach @(
        @{ Cmdlet = 'Get-WinkApplication'; Script = 'Get-WinkApplication travel-tech missing -Connection $Wink -ErrorAction Inquire'; Message = '*With -ErrorAction Inquire*Wink answered 404*' }
        @{ Cmdlet = 'Get-WinkManagingEntity'; Script = '$DebugPreference = "Inquire"; Get-WinkManagingEntity -Connection $Wink'; Message = "*With `$DebugPreference = 'Inquire'*" }
        @{ Cmdlet = 'Test-WinkCredential'; Script = 'Test-WinkCredential ([pscredential]::Empty) -Connection $Wink -ErrorAction Inquire'; Message = '*With -ErrorAction Inquire*' }
        @{ Cmdlet = 'Disconnect-Wink'; Script = 'Disconnect-Wink $Wink -Debug'; Message = '*With -Debug*' }
        @{ Cmdlet = 'Connect-Wink'; Script = '$DebugPreference = "Inquire"; Connect-Wink $Fleet.Credential -ApiUri $Fleet.Uri -IamUri $Fleet.Uri'; Message = "*With `$DebugPreference = 'Inquire'*" }
    ) {
        $operator = New-SandboxApplication $sandbox travel-tech operations -Scope account.read, account.write
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'TokenRevocation'; close = $true }
        $person = New-PromptingHost
        $person.Refusal = [NullReferenceException]::new('made-up')
        $given = [pscustomobject]@{ Credential = New-TestCredential $operator.clientId $operator.secret; Uri = $sandbox.Http }
        $shell = Start-Fleet $given "try { $Script } catch { `$_ }; Get-WinkConnection" $person

        $end = $shell.Invoke()
        $shell.Runspace.Dispose()

        # What was read before may be out, and a failed Connect-Wink leaves no connection.
        $end[-1].FullyQualifiedErrorId | Should -BeLike 'InquiryUnavailable,*'
        "$($end[-1])" | Should -BeLike $Message
    }

    It 'sends nothing that nobody could confirm, whatever the host throws' {
        $person = New-PromptingHost
        $person.Refusal = [TimeoutException]::new('made-up')

        $ran = Invoke-Fleet '$Fleet | Invoke-WinkCredentialRotation @rotation' -Count 2 -PSHost $person

        $ran.Errors.FullyQualifiedErrorId | Should -Be (@('ConfirmationUnavailable,Wink.PowerShell.InvokeWinkCredentialRotationCommand') * 2)
        Get-SandboxRequest $sandbox -Operation Rotation | Should -BeNullOrEmpty
    }
}

Describe 'A pipeline that asks a person' {
    BeforeEach {
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox
        $person = New-PromptingHost
    }

    It 'is halted by the answer Halt, after all that was in flight came out: <Asks>' -ForEach @(
        @{ Asks = '-ErrorAction Inquire' }
        @{ Asks = '-WarningAction Inquire' }
    ) {
        $person.Answers.Enqueue(2)

        $ran = Invoke-Fleet "$rotate $Asks" -PSHost $person

        $ran.End.FullyQualifiedErrorId | Should -BeLike 'ActionPreferenceStop,*'
        $ran.Questions | Should -HaveCount 1
        $ran | Should-HaveWrittenAllThatWinkMade -Refused 2
        (Get-RotationCount $sandbox).Count | Should -BeLessThan 8
        "$($ran.Errors) $($ran.Warnings)" | Should -BeLike '*application-3*refused*'
    }

    It 'goes on after the answers Yes and Yes to All' {
        $person.Answers.Enqueue(0)
        $person.Answers.Enqueue(1)

        $ran = Invoke-Fleet "$rotate -ErrorAction Inquire" -PSHost $person

        $ran.Errors | Should -HaveCount 2
        $ran | Should-HaveWrittenAllThatWinkMade -Refused 2
        (Get-RotationCount $sandbox).Count | Should -Be 8
    }

    It 'does not rotate what was answered with No' {
        $person.Answers.Enqueue(2)
        $person.Answers.Enqueue(0)

        (Invoke-Fleet '$Fleet | Invoke-WinkCredentialRotation -Connection $Wink' -Count 2 -PSHost $person).Questions | Should -HaveCount 2

        (Get-RotationCount $sandbox).Keys | Should -Be application-2
    }
}

Describe 'No error is dropped' {
    BeforeEach {
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox
        $person = New-PromptingHost
    }

    It 'when Select-Object -First took an error: the rest is told on the host' {
        $ran = Invoke-Fleet "$rotate 2>&1 | Select-Object -First 1" -PSHost $person

        foreach ($application in 'application-1', 'application-4') { $ran.Lines | Should -BeLike "*Application $application was rotated.*" }
        "$($ran.Lines) $($ran.Warnings)" | Should -BeLike '*application-3*refused*'
    }

    It 'when the pipeline is stopped before the error that was to end it' {
        $shell = Start-Fleet (New-Fleet $sandbox 2) "$rotate -ErrorAction Stop" $person
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; applicationId = 'application-2'; status = 400; times = 1 }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 2500 }
        $null = $shell.BeginInvoke()
        Wait-Until { @(Get-SandboxRequest $sandbox -Operation Rotation).Count -ge 2 }
        Start-Sleep -Milliseconds 500

        $shell.Stop()
        $shell.Runspace.Dispose()

        "$($person.Lines)" | Should -BeLike '*application-2*refused*'
        "$($person.Lines)" | Should -BeLike '*application-1 was rotated*'
    }
}
