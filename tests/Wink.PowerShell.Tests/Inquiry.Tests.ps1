BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
    $rotate = { $batch | Invoke-WinkCredentialRotation @rotation @asks -Confirm:$false }

    function Add-Fault {
        # Late enough that four are in flight: the first is lost on the way and rotated once more, with a warning; two are refused.
        Add-SandboxFault $sandbox @{
            operation = 'Rotation'; applicationId = 'application-1'; moment = 'AfterActing'; delayMs = 300; close = $true; times = 1
        }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-2'; status = 400; delayMs = 300; times = 1 }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-3'; status = 404; delayMs = 500; times = 1 }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 800 }
    }

    function Invoke-Batch {
        # All that a pipeline brings, and what ended it. Its script has the batch as $batch, and as @asks what makes PowerShell ask.
        param([scriptblock] $Script, [hashtable] $Asks = @{}, [int] $Count = 8, $PSHost)
        $shell = New-Pipeline $Script @{ batch = New-Batch $sandbox $Count; asks = $Asks } $PSHost
        Add-Fault
        $output = [Management.Automation.PSDataCollection[psobject]]::new()
        $end = $null
        try { $null = $shell.Invoke($null, $output) } catch { $end = $_.Exception.InnerException.ErrorRecord }
        # A terminating error of a cmdlet ends its pipeline alone, and is then the last on the error stream.
        $errors = @($shell.Streams.Error)
        if (-not $end) { $end = $errors[-1] }
        [pscustomobject]@{
            Output   = @($output)
            Errors   = $errors
            End      = $end
            Warnings = "$($shell.Streams.Warning)"
            Lines    = "$($PSHost.Lines)"
        }
        Remove-Pipeline $shell
    }

    function Assert-AllWritten {
        # Whatever credentials the sandbox made came out, and they are the valid ones.
        param([Parameter(ValueFromPipeline)] $Ran, [int] $Refused)
        $sent = (Get-RotationCount $sandbox).Keys
        @($Ran.Output) | Should -HaveCount ($sent.Count - $Refused)
        foreach ($rotation in $Ran.Output) { $rotation | Assert-ValidCredential -At $sandbox }
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

    It 'writes all that was in flight, tells every error, and ends with one clear error: <Asks>, <Of>' -ForEach @(
        $onError = @{ Asks = '-ErrorAction Inquire'; With = @{ ErrorAction = 'Inquire' } }
        $onWarning = @{ Asks = '-WarningAction Inquire'; With = @{ WarningAction = 'Inquire' } }
        foreach ($asks in $onError, $onWarning, @{ Asks = '-Debug'; With = @{ Debug = $true } }) {
            $asks + @{ Of = 'a host without an interface'; Refusal = $null }
            $asks + @{ Of = 'a host that refuses'; Refusal = [Management.Automation.Host.HostException]::new('made-up') }
        }
        $onError + @{ Of = 'PowerShell that is not interactive'; Refusal = [InvalidOperationException]::new('made-up') }
        $onError + @{ Of = 'a host that is not finished'; Refusal = [NotImplementedException]::new('made-up') }
        $onError + @{ Of = 'a console whose input has ended'; Refusal = [NullReferenceException]::new('made-up') }
        $onError + @{ Of = 'a host that waits no longer'; Refusal = [TimeoutException]::new('made-up') }
    ) {
        $person = if ($Refusal) { New-PromptingHost @{ Refusal = $Refusal } }

        $ran = Invoke-Batch $rotate $With -PSHost $person

        $ran.End.FullyQualifiedErrorId | Should -Be 'InquiryUnavailable,Wink.PowerShell.InvokeWinkCredentialRotationCommand'
        "$($ran.End)" | Should -BeLike ("*With $Asks,*nobody could answer*What was sent was awaited: * rotated, 2 failed*in the output*" +
            'Nothing was sent for any other application*')
        $ran.End.ErrorDetails.RecommendedAction | Should -BeLike "*leave $Asks out*"
        $ran | Assert-AllWritten -Refused 2
        (Get-RotationCount $sandbox).Count | Should -BeLessThan 8
        foreach ($application in 'application-1', 'application-2', 'application-3') {
            "$($ran.Errors) $($ran.Warnings)" | Should -BeLike "*$application*"
        }
        # The end holds what began it.
        $began = $Asks -eq '-ErrorAction Inquire' ? '*application-2*refused*' : '*application-1*nobody holds its secret*'
        "$($ran.End)" | Should -BeLike $began
    }

    It 'is the same for one rotation: <Asks>' -ForEach @(
        @{ Asks = '-ErrorAction Inquire'; With = @{ ErrorAction = 'Inquire' }; Count = 2; Refused = 1 }
        @{ Asks = '-Debug'; With = @{ Debug = $true }; Count = 1; Refused = 0 }
    ) {
        $ran = Invoke-Batch { @($batch)[-1] | Invoke-WinkCredentialRotation -Connection $wink -Confirm:$false @asks } $With -Count $Count

        $ran.End.FullyQualifiedErrorId | Should -BeLike 'InquiryUnavailable,*'
        "$($ran.End)" | Should -BeLike "*application-$Count*"
        $ran | Assert-AllWritten -Refused $Refused
    }

    It 'says which variable asked: <Variable>' -ForEach @(
        @{ Variable = '$WarningPreference' }
        @{ Variable = '$ProgressPreference' }
        @{ Variable = '$DebugPreference' }
    ) {
        $person = New-PromptingHost @{ Refusal = [InvalidOperationException]::new('made-up') }

        $ran = Invoke-Batch ([scriptblock]::Create("$Variable = 'Inquire'; $rotate")) -PSHost $person

        $ran.End.FullyQualifiedErrorId | Should -BeLike 'InquiryUnavailable,*'
        "$($ran.End)" | Should -BeLike "*With $Variable = 'Inquire'*"
        $ran | Assert-AllWritten -Refused $ran.Errors.Where{ $_.FullyQualifiedErrorId -like 'RotationRejected*' }.Count
    }

    It 'tells its end on the host, where $ErrorActionPreference has PowerShell ask about that, too' {
        $person = New-PromptingHost @{ Refusal = [InvalidOperationException]::new('made-up') }

        $ran = Invoke-Batch ([scriptblock]::Create("`$ErrorActionPreference = 'Inquire'; $rotate")) -PSHost $person

        $ran.Lines | Should -BeLike "*With `$ErrorActionPreference = 'Inquire'*application-2*leave*out*"
        $ran | Assert-AllWritten -Refused 2
    }

    It 'tells on the host what could not be written: a warning that came after it' {
        $person = New-PromptingHost @{ Refusal = [InvalidOperationException]::new('made-up') }

        $ran = Invoke-Batch $rotate @{ ErrorAction = 'Inquire'; WarningAction = 'Inquire' } -PSHost $person

        foreach ($application in 'application-1', 'application-2', 'application-3') {
            $ran.Lines | Should -BeLike "*$application*"
            "$($ran.End)" | Should -BeLike "*$application*"
        }
        $person.Questions | Should -HaveCount 1
        $ran | Assert-AllWritten -Refused 2
    }

    It 'says a warning once that stops or asks: <Action>' -ForEach @{ Action = 'Stop' }, @{ Action = 'Inquire' } {
        $person = New-PromptingHost @{ Refusal = [InvalidOperationException]::new('made-up') }

        $ran = Invoke-Batch $rotate @{ WarningAction = $Action } -PSHost $person

        $ran.Warnings | Should -BeLike '*application-1*nobody holds its secret*'
        $ran.Lines | Should -BeNullOrEmpty
        $ran | Assert-AllWritten -Refused 2
    }

    It 'is no question of a host that cannot show a line' {
        $person = New-PromptingHost @{ CannotWarn = $true }

        $ran = Invoke-Batch $rotate -PSHost $person

        "$($ran.End)" | Should -BeLike 'The host could not show a line*application-1*'
        $ran | Assert-AllWritten -Refused 2
    }

    It 'in a pwsh of its own: <How>, -<Asks> Inquire' -ForEach @(
        @{ How = 'its input has ended'; Interactive = $true; Asks = 'ErrorAction' }
        @{ How = 'its input has ended'; Interactive = $true; Asks = 'WarningAction' }
        @{ How = '-NonInteractive'; Interactive = $false; Asks = 'ErrorAction' }
    ) {
        $null = New-Batch $sandbox 8
        Add-Fault

        $shown = Invoke-FreshPwsh -ConnectedTo $sandbox -Interactive $Interactive {
            param($Asks)
            $rotation = @{ ManagingEntityId = 'travel-tech'; ThrottleLimit = 4; Confirm = $false; $Asks = 'Inquire' }
            try {
                1..8 | ForEach-Object { [pscustomobject]@{ Id = "application-$_" } } | Invoke-WinkCredentialRotation @rotation |
                    ForEach-Object { "OUT $($_.ApplicationId) $($_.ClientId) $($_.Credential.GetNetworkCredential().Password)." }
            }
            catch { "END $($_.FullyQualifiedErrorId)" }
        } $Asks

        $shown | Should -BeLike '*END InquiryUnavailable*'
        $sent = (Get-RotationCount $sandbox).Keys | Where-Object { $_ -notin 'application-2', 'application-3' }
        $sent | Should -Not -BeNullOrEmpty
        foreach ($application in $sent) {
            $valid = Get-SandboxApplication $sandbox travel-tech $application
            $shown | Should -BeLike "*OUT $application $($valid.clientId) $($valid.secret).*"
        }
        $shown | Should -BeLike '*application-3*refused*'
    }

    It '<Cmdlet> fails as clearly' -ForEach @(
        @{
            Cmdlet  = 'Get-WinkApplication'
            Script  = { try { Get-WinkApplication travel-tech missing -Connection $wink -ErrorAction Inquire } catch { $_ } }
            Message = '*With -ErrorAction Inquire*Wink answered 404*'
        }
        @{
            Cmdlet  = 'Get-WinkManagingEntity'
            Script  = { $DebugPreference = 'Inquire'; try { Get-WinkManagingEntity -Connection $wink } catch { $_ } }
            Message = "*With `$DebugPreference = 'Inquire'*"
        }
        @{
            Cmdlet  = 'Test-WinkCredential'
            Script  = { try { Test-WinkCredential ([pscredential]::Empty) -Connection $wink -ErrorAction Inquire } catch { $_ } }
            Message = '*With -ErrorAction Inquire*'
        }
        @{
            Cmdlet  = 'Disconnect-Wink'
            Script  = { try { Disconnect-Wink $wink -Debug } catch { $_ } }
            Message = '*With -Debug*'
        }
        @{
            Cmdlet  = 'Connect-Wink'
            # Its failure leaves no connection.
            Script  = {
                $DebugPreference = 'Inquire'
                try { Connect-Wink $operator -ApiUri $uri -IamUri $uri } catch { $_ }
                Get-WinkConnection
            }
            Message = "*With `$DebugPreference = 'Inquire'*"
        }
    ) {
        $variables = @{ operator = New-Operator $sandbox; uri = $sandbox.Http }
        Add-SandboxFault $sandbox @{ operation = 'TokenRevocation'; close = $true }
        $person = New-PromptingHost @{ Refusal = [NullReferenceException]::new('made-up') }
        $shell = New-Pipeline $Script $variables $person

        $end = $shell.Invoke()
        Remove-Pipeline $shell

        # What was read before may be out.
        $end[-1].FullyQualifiedErrorId | Should -BeLike 'InquiryUnavailable,*'
        "$($end[-1])" | Should -BeLike $Message
    }

    It 'sends nothing that nobody could confirm, whatever the host throws' {
        $person = New-PromptingHost @{ Refusal = [TimeoutException]::new('made-up') }

        $ran = Invoke-Batch { $batch | Invoke-WinkCredentialRotation @rotation } -Count 2 -PSHost $person

        $ran.Errors.FullyQualifiedErrorId |
            Should -Be (@('ConfirmationUnavailable,Wink.PowerShell.InvokeWinkCredentialRotationCommand') * 2)
        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }
}

Describe 'A pipeline that asks a person' {
    BeforeEach {
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox
    }

    It 'is halted by the answer Halt, after all that was in flight came out: -<Asks> Inquire' -ForEach @(
        @{ Asks = 'ErrorAction' }
        @{ Asks = 'WarningAction' }
    ) {
        $person = New-PromptingHost -Answer 2

        $ran = Invoke-Batch $rotate @{ $Asks = 'Inquire' } -PSHost $person

        $ran.End.FullyQualifiedErrorId | Should -BeLike 'ActionPreferenceStop,*'
        $person.Questions | Should -HaveCount 1
        $ran | Assert-AllWritten -Refused 2
        (Get-RotationCount $sandbox).Count | Should -BeLessThan 8
        "$($ran.Errors) $($ran.Warnings)" | Should -BeLike '*application-3*refused*'
    }

    It 'goes on after the answers Yes and Yes to All' {
        $ran = Invoke-Batch $rotate @{ ErrorAction = 'Inquire' } -PSHost (New-PromptingHost -Answer 0, 1)

        $ran.Errors | Should -HaveCount 2
        $ran | Assert-AllWritten -Refused 2
        (Get-RotationCount $sandbox).Count | Should -Be 8
    }

    It 'does not rotate what was answered with No' {
        $person = New-PromptingHost -Answer 2, 0

        $null = Invoke-Batch { $batch | Invoke-WinkCredentialRotation -Connection $wink } -Count 2 -PSHost $person

        $person.Questions | Should -HaveCount 2

        (Get-RotationCount $sandbox).Keys | Should -Be application-2
    }
}

Describe 'No error is dropped' {
    BeforeEach {
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox
    }

    It 'when Select-Object -First took an error: the rest is told on the host' {
        $ran = Invoke-Batch -PSHost (New-PromptingHost) {
            $batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false 2>&1 | Select-Object -First 1
        }

        foreach ($application in 'application-1', 'application-4') { $ran.Lines | Should -BeLike "*Application $application was rotated.*" }
        "$($ran.Lines) $($ran.Warnings)" | Should -BeLike '*application-3*refused*'
    }

    It 'when the pipeline is stopped before the error that was to end it' {
        $person = New-PromptingHost
        $shell = New-Pipeline $rotate @{ batch = New-Batch $sandbox 2; asks = @{ ErrorAction = 'Stop' } } $person
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-2'; status = 400; times = 1 }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 2500 }
        $null = $shell.BeginInvoke()
        Wait-SandboxRequest $sandbox Rotation -Count 2
        Start-Sleep -Milliseconds 500

        $shell.Stop()
        Remove-Pipeline $shell

        "$($person.Lines)" | Should -BeLike '*application-2*refused*'
        "$($person.Lines)" | Should -BeLike '*application-1 was rotated*'
    }
}
