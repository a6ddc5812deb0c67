BeforeAll {
    Import-Module $PSScriptRoot/Sandbox.psm1, $PSScriptRoot/FreshPwsh.psm1
    Import-Module (Get-BuiltModule)
    if (-not ('PromptingHost' -as [type])) { Add-Type -Path $PSScriptRoot/PromptingHost.cs }
    $sandbox = Start-Sandbox
    $rotation = @{ Confirm = $false; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failed'; WarningAction = 'SilentlyContinue' }

    function New-Fleet {
        # As a CSV file brings it: ids alone.
        param([int] $Count)
        New-SandboxApplicationList $sandbox travel-tech $Count
        foreach ($number in 1..$Count) { [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = "application-$number" } }
    }

    function Get-PairInForce {
        param([string] $ApplicationId)
        Get-SandboxApplication $sandbox travel-tech $ApplicationId
    }

    function Get-RotationRequest {
        # How often the rotation of each application was sent.
        $sent = @{}
        foreach ($request in Get-SandboxRequest $sandbox -Operation Rotation) { $sent[($request.target -split '/')[5]]++ }
        $sent
    }

    function Start-Fleet {
        # Starts a pipeline in a runspace of its own, over this runspace's connection.
        param($Fleet, [string] $Pipeline, $PSHost = [PromptingHost]::new())
        $runspace = [runspacefactory]::CreateRunspace($PSHost)
        $runspace.Open()
        $shell = [powershell]::Create($runspace)
        $null = $shell.AddScript("param(`$Module, `$Wink, `$Fleet) Import-Module `$Module; `$rotation = @{ Connection = `$Wink; ThrottleLimit = 4 }; $Pipeline").
            AddArgument((Get-BuiltModule)).AddArgument((Get-WinkConnection)).AddArgument($Fleet)
        $shell
    }

    function Wait-Until {
        param([scriptblock] $Condition)
        $until = [DateTime]::UtcNow.AddSeconds(20)
        while (-not (& $Condition)) {
            if ([DateTime]::UtcNow -gt $until) { throw "Never: $Condition" }
            Start-Sleep -Milliseconds 20
        }
    }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'A fleet' {
    BeforeEach {
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox
        $began = [DateTime]::UtcNow
        $shell = $null
    }

    AfterEach {
        if ($shell) {
            $shell.Runspace.Dispose()
            $shell.Dispose()
        }
    }

    It 'loses nothing and doubles nothing at 16 in flight, with every tenth application faulty' {
        $faults = @(
            @{ Ends = 'RotationNotConfirmed'; close = $true; times = 1 }
            @{ Ends = 'RotationNotConfirmed'; reset = $true; times = 1 }
            @{ Ends = 'RotationNotConfirmed'; status = 500; times = 1 }
            @{ Ends = 'RotationNotConfirmed'; status = 302; headers = @{ Location = '/login' }; times = 1 }
            @{ Ends = 'RotationRejected'; status = 400; times = 1 }
            @{ Ends = 'RotationRejected'; status = 404; times = 1 }
            @{ Sent = 2; status = 401; times = 1 }
            @{ Sent = 2; status = 429; headers = @{ 'Retry-After' = '1' }; times = 1 }
            @{ Sent = 2; moment = 'AfterActing'; close = $true; times = 1 }
            @{ Sent = 2; moment = 'AfterActing'; reset = $true; times = 1 }
            @{ Sent = 2; moment = 'AfterActing'; status = 204; times = 1 }
            @{ Sent = 2; moment = 'AfterActing'; status = 502; body = '{answer}'; times = 1 }
            @{ Sent = 2; moment = 'AfterActing'; raw = "HTTP/1.1 200 OK`r`nContent-Length: 900`r`n`r`n{half}"; times = 1 }
            @{ Sent = 1; moment = 'AfterActing'; raw = "HTTP/1.1 200 OK`r`nContent-Length: 900`r`n`r`n{answer}"; times = 1 }
            @{ Sent = 1; delayMs = 1500; times = 1 }
            @{ Sent = 1; moment = 'AfterActing'; delayMs = 1500; status = 200; body = '{answer}'; times = 1 }
        )
        $fleet = New-Fleet 160
        $before = @{}
        foreach ($application in $fleet) { $before[$application.ApplicationId] = Get-PairInForce $application.ApplicationId }
        $faulty = @{}
        for ($at = 0; $at -lt $faults.Count; $at++) {
            $faulty["application-$(10 * ($at + 1))"] = $faults[$at]
            $fault = $faults[$at].Clone() + @{ operation = 'Rotation'; applicationId = "application-$(10 * ($at + 1))" }
            $fault.Remove('Ends')
            $fault.Remove('Sent')
            Add-SandboxFault -Sandbox $sandbox $fault
        }

        $rotated = $fleet | Invoke-WinkCredentialRotation @rotation -ThrottleLimit 16

        $sent = Get-RotationRequest
        $rotated.Count + $failed.Count | Should -Be 160
        $rotated.ApplicationId | Sort-Object -Unique | Should -HaveCount $rotated.Count
        foreach ($one in $rotated) {
            $now = Get-PairInForce $one.ApplicationId
            $one.Credential.UserName | Should -BeExactly $now.clientId
            $one.Credential.GetNetworkCredential().Password | Should -BeExactly $now.secret
            $one.PreviousClientId | Should -BeExactly $before[$one.ApplicationId].clientId
            $one.ApplicationName | Should -BeExactly $before[$one.ApplicationId].name
            $sent[$one.ApplicationId] | Should -Be ($faulty[$one.ApplicationId].Sent ?? 1) -Because $one.ApplicationId
        }
        foreach ($one in $failed) {
            $id = $one.TargetObject.ApplicationId
            $one.FullyQualifiedErrorId | Should -BeLike "$($faulty[$id].Ends),*" -Because $id
            (Get-PairInForce $id).secret | Should -BeExactly $before[$id].secret
            $sent[$id] | Should -Be 1 -Because $id
        }
        (Get-WinkCredentialRotation | Where-Object RotatedAt -GT $began).ApplicationId | Sort-Object | Should -Be ($rotated.ApplicationId | Sort-Object)
    }

    It 'has as many in flight as it may, and never more' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 1000 }
        $shell = Start-Fleet (New-Fleet 8) '$Fleet | Invoke-WinkCredentialRotation @rotation -Confirm:$false'
        $running = $shell.BeginInvoke()

        Wait-Until { @(Get-SandboxRequest $sandbox -Operation Rotation).Count -ge 4 }
        Start-Sleep -Milliseconds 400
        Get-SandboxRequest $sandbox -Operation Rotation | Should -HaveCount 4
        $shell.EndInvoke($running) | Should -HaveCount 8
    }

    It 'writes results as they come, and waits for nobody with -ThrottleLimit 1' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; applicationId = 'application-1'; delayMs = 1000 }
        $fleet = New-Fleet 6

        ($fleet | Invoke-WinkCredentialRotation @rotation -ThrottleLimit 3).ApplicationId[-1] | Should -Be application-1

        $order = [Collections.Generic.List[string]]::new()
        $fleet | ForEach-Object { $order.Add("in $($_.ApplicationId)"); $_ } | Invoke-WinkCredentialRotation @rotation |
            ForEach-Object { $order.Add("out $($_.ApplicationId)") }
        $order[0..3] | Should -Be 'in application-1', 'out application-1', 'in application-2', 'out application-2'
    }

    It 'keeps its connections' {
        New-Fleet 100 | Invoke-WinkCredentialRotation @rotation -ThrottleLimit 4 | Should -HaveCount 100

        # A look ahead for each, a rotation for each, and the token.
        (Get-SandboxRequest $sandbox -Operation Rotation).connectionId | Sort-Object -Unique | Measure-Object | ForEach-Object Count | Should -BeLessOrEqual 9
    }

    It 'sends nothing more after the first unknown outcome, and says what was not attempted, <Limit> in flight' -ForEach @(
        @{ Limit = 1 }, @{ Limit = 4 }
    ) {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Application'; applicationId = 'application-2'; status = 403 }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; applicationId = 'application-2'; close = $true; times = 1 }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 500 }
        $fleet = New-Fleet 60

        $rotated = $fleet | Invoke-WinkCredentialRotation @rotation -ThrottleLimit $Limit

        $unknown, $notAttempted = $failed.Where({ $_.FullyQualifiedErrorId -like 'RotationOutcomeUnknown,*' }, 'Split')
        $unknown.TargetObject.ApplicationId | Should -Be application-2
        $notAttempted.FullyQualifiedErrorId | Sort-Object -Unique | Should -BeLike 'RotationNotAttempted,*'
        $notAttempted[0].ErrorDetails.Message | Should -BeLike '*not attempted*application-2*'
        $notAttempted.Count | Should -BeGreaterThan 10
        $rotated.Count + 1 + $notAttempted.Count | Should -Be 60
        $sent = Get-RotationRequest
        $notAttempted.TargetObject.Where{ $sent[$_.ApplicationId] } | Should -BeNullOrEmpty

        Reset-Sandbox $sandbox
        $again = $notAttempted.TargetObject | Invoke-WinkCredentialRotation @rotation -ThrottleLimit 16
        $again.ApplicationId | Sort-Object | Should -Be ($notAttempted.TargetObject.ApplicationId | Sort-Object)
    }

    It 'sends nothing more after a secret was lost for good' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; applicationId = 'application-1'; moment = 'AfterActing'; close = $true }

        New-Fleet 3 | Invoke-WinkCredentialRotation @rotation | Should -BeNullOrEmpty

        $failed.FullyQualifiedErrorId -replace ',.*' | Should -Be RotationSecretLost, RotationNotAttempted, RotationNotAttempted
    }

    It 'goes on after failures that leave the old pair in force' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; times = 2; status = 400 }

        New-Fleet 5 | Invoke-WinkCredentialRotation @rotation -ThrottleLimit 2 | Should -HaveCount 3

        $failed | Should -HaveCount 2
    }

    It 'refuses an application the second time: <Second>' -ForEach @(
        @{ Second = 'application-1' }, @{ Second = 'APPLICATION-1' }
    ) {
        $fleet = @(New-Fleet 2) + [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = $Second }

        $fleet | Invoke-WinkCredentialRotation @rotation -ThrottleLimit 4 | Should -HaveCount 2

        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RotationRepeated,*'
        $failed[0].TargetObject.ApplicationId | Should -BeExactly $Second
        (Get-RotationRequest)['application-1'] | Should -Be 1
    }

    It 'verifies each new pair while others are in flight' {
        (New-Fleet 6 | Invoke-WinkCredentialRotation @rotation -ThrottleLimit 3 -Verify).Verified | Should -Be (@($true) * 6)
    }

    It 'asks for each application in the order of the input: <Answers>' -ForEach @(
        @{ Answers = 'yes, no, yes to all'; Choices = 0, 2, 1; Questions = 3; Rotated = 1, 3, 4, 5 }
        @{ Answers = 'yes, no to all'; Choices = 0, 3; Questions = 2; Rotated = @(1) }
    ) {
        $person = [PromptingHost]::new()
        $Choices | ForEach-Object { $person.Answers.Enqueue($_) }
        # A look that is slow must not change the order.
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Application'; applicationId = 'application-1'; delayMs = 300; times = 1 }

        $shell = Start-Fleet (New-Fleet 5) '$Fleet | Invoke-WinkCredentialRotation @rotation' $person

        ($shell.Invoke().ApplicationId | Sort-Object) -replace '\D' | Should -Be $Rotated
        $person.Questions | Should -HaveCount $Questions
        for ($at = 0; $at -lt $Questions; $at++) { $person.Questions[$at] | Should -BeLike "*(application-$($at + 1))*" }
    }

    It 'sends nothing with -WhatIf' {
        New-Fleet 5 | Invoke-WinkCredentialRotation -ThrottleLimit 4 -WhatIf | Should -BeNullOrEmpty

        Get-SandboxRequest $sandbox -Operation Rotation | Should -BeNullOrEmpty
    }

    It 'shows how far it is, and how long it will take' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; applicationId = 'application-3'; status = 400; times = 1 }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 300 }
        $shell = Start-Fleet (New-Fleet 16) '$Fleet | Invoke-WinkCredentialRotation @rotation -Confirm:$false'
        $shell.Invoke() | Should -HaveCount 15

        $bars = $shell.Streams.Progress | Where-Object Activity -EQ Invoke-WinkCredentialRotation
        $bars[-1].RecordType | Should -Be Completed
        foreach ($bar in $bars | Select-Object -SkipLast 1) {
            $bar.StatusDescription | Should -Match '^\d+ rotated, [01] failed, \d+ in flight, \d+ waiting$'
            $done, $failures, $inFlight, $waiting = [int[]] [regex]::Matches($bar.StatusDescription, '\d+').Value
            $done + $failures + $inFlight + $waiting | Should -Be 16
            $bar.PercentComplete | Should -Be ([Math]::Floor(100 * ($done + $failures) / 16))
            $bar.SecondsRemaining | Should -BeIn 0, 1, 2, 3
        }
    }

    It 'writes what was in flight before an error ends it: <By>' -ForEach @(
        @{ By = '-ErrorAction Stop'; Pipeline = '$Fleet | Invoke-WinkCredentialRotation @rotation -Confirm:$false -ErrorAction Stop' }
        @{ By = '$ErrorActionPreference'; Pipeline = '$ErrorActionPreference = "Stop"; $Fleet | Invoke-WinkCredentialRotation @rotation -Confirm:$false' }
        @{
            By       = '-ErrorAction Stop of a function in a module'
            Pipeline = '$null = New-Module { function Update-Fleet { [CmdletBinding()] param($Fleet, $Rotation) $Fleet | Invoke-WinkCredentialRotation @Rotation -Confirm:$false } }
                Update-Fleet $Fleet $rotation -ErrorAction Stop'
        }
    ) {
        # Late enough that four are in flight by then.
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; applicationId = 'application-2'; status = 400; delayMs = 500; times = 1 }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; applicationId = 'application-3'; status = 404; delayMs = 700; times = 1 }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 1200 }
        $shell = Start-Fleet (New-Fleet 12) $Pipeline
        $output = [Management.Automation.PSDataCollection[psobject]]::new()

        { $shell.Invoke($null, $output) } | Should -Throw '*application-2*'

        $output.ApplicationId | Sort-Object | Should -Be application-1, application-4
        "$($shell.Streams.Warning)" | Should -BeLike '*application-3*refused*'
        (Get-RotationRequest).Keys | Sort-Object | Should -Be application-1, application-2, application-3, application-4
        (Get-WinkCredentialRotation | Where-Object RotatedAt -GT $began).ApplicationId | Sort-Object | Should -Be application-1, application-4
    }

    It 'writes what was in flight before a warning ends it' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; applicationId = 'application-1'; moment = 'AfterActing'; delayMs = 500; close = $true; times = 1 }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 1200 }
        $shell = Start-Fleet (New-Fleet 12) '$Fleet | Invoke-WinkCredentialRotation @rotation -Confirm:$false -WarningAction Stop'
        $output = [Management.Automation.PSDataCollection[psobject]]::new()

        { $shell.Invoke($null, $output) } | Should -Throw '*nobody holds its secret*'

        $output.ApplicationId | Sort-Object | Should -Be application-1, application-2, application-3, application-4
    }

    It 'records what was sent, and tells the person, when <Ending> ends it' -ForEach @(
        @{ Ending = 'Select-Object -First 1'; Pipeline = '$Fleet | Invoke-WinkCredentialRotation @rotation -Confirm:$false | Select-Object -First 1'; Told = 3 }
        @{ Ending = 'a throw downstream'; Pipeline = '$Fleet | Invoke-WinkCredentialRotation @rotation -Confirm:$false | ForEach-Object { throw "made-up" }'; Told = 3 }
        @{
            Ending   = 'a throw upstream'
            Pipeline = '& { Get-WinkApplication travel-tech -Connection $Wink -Name "Application ?" | Select-Object -First 4; Start-Sleep 1; throw "made-up" } | Invoke-WinkCredentialRotation @rotation -Confirm:$false'
            Told     = 4
        }
    ) {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; applicationId = 'application-1'; delayMs = 500; times = 1 }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 1500 }
        $person = [PromptingHost]::new()
        $shell = Start-Fleet (New-Fleet 12) $Pipeline $person
        try { $null = $shell.Invoke() } catch { $null = $_ }

        $ids = 'application-1', 'application-2', 'application-3', 'application-4'
        (Get-RotationRequest).Keys | Sort-Object | Should -Be $ids
        (Get-WinkCredentialRotation | Where-Object RotatedAt -GT $began).ApplicationId | Sort-Object | Should -Be $ids
        $person.Lines.Where{ $_ -like '*was rotated. Its new pair is in Get-WinkCredentialRotation.' } | Should -HaveCount $Told
    }

    It 'records what was sent, and tells the person, when it is stopped' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 1000 }
        $person = [PromptingHost]::new()
        $shell = Start-Fleet (New-Fleet 12) '$Fleet | Invoke-WinkCredentialRotation @rotation -Confirm:$false' $person
        $null = $shell.BeginInvoke()
        Wait-Until { @(Get-SandboxRequest $sandbox -Operation Rotation).Count -ge 4 }

        $shell.Stop()

        (Get-RotationRequest).Count | Should -Be 4
        Get-WinkCredentialRotation | Where-Object RotatedAt -GT $began | Should -HaveCount 4
        $person.Lines[0] | Should -BeLike '*Each of 4 rotations may be on its way already*'
        $person.Lines.Where{ $_ -like '*was rotated. Its new pair is in Get-WinkCredentialRotation.' } | Should -HaveCount 4
    }
}
