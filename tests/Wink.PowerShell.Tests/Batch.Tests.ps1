BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
    $rotation = @{ Confirm = $false; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failed'; WarningAction = 'SilentlyContinue' }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'A batch' {
    BeforeEach {
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox
        $began = [DateTime]::UtcNow
    }

    It 'loses nothing and doubles nothing at 16 in flight, with every eighth application faulty' {
        $faults = @(
            @{ Ends = 'RotationRejected'; status = 400; times = 1 }
            @{ Ends = 'RotationRejected'; status = 404; times = 1 }
            @{ Sent = 2; status = 401; times = 1 }
            @{ Sent = 2; moment = 'AfterActing'; close = $true; times = 1 }
            @{ Sent = 2; moment = 'AfterActing'; reset = $true; times = 1 }
            @{ Sent = 2; moment = 'AfterActing'; status = 204; times = 1 }
            @{ Sent = 2; moment = 'AfterActing'; status = 502; body = '{half}'; times = 1 }
            @{ Sent = 1; moment = 'AfterActing'; status = 502; body = '{response}'; times = 1 }
            @{ Sent = 1; moment = 'AfterActing'; status = 200; body = '{response}'; codings = @('gzip'); times = 1 }
            @{ Sent = 2; moment = 'AfterActing'; raw = "HTTP/1.1 200 OK`r`nContent-Length: 900`r`n`r`n{half}"; times = 1 }
            @{ Sent = 1; moment = 'AfterActing'; raw = "HTTP/1.1 200 OK`r`nContent-Length: 900`r`n`r`n{response}"; times = 1 }
            @{ Sent = 1; delayMs = 1500; times = 1 }
            @{ Sent = 1; moment = 'AfterActing'; delayMs = 1500; status = 200; body = '{response}'; times = 1 }
            # These stop the batch, some seconds after all others were sent.
            @{ Ends = 'RotationNotConfirmed'; close = $true; times = 1 }
            @{ Ends = 'RotationNotConfirmed'; reset = $true; times = 1 }
            @{ Ends = 'RotationNotConfirmed'; status = 500; times = 1 }
            @{ Ends = 'RotationNotConfirmed'; status = 302; headers = @{ Location = '/login' }; times = 1 }
        )
        $batch = New-Batch $sandbox 160
        $before = @{}
        foreach ($application in $batch) { $before[$application.ApplicationId] = Get-ValidCredential $sandbox $application.ApplicationId }
        $faulty = @{}
        for ($at = 0; $at -lt $faults.Count; $at++) {
            $faulty["application-$(8 * ($at + 1))"] = $faults[$at]
            $fault = $faults[$at].Clone() + @{ operation = 'Rotation'; applicationId = "application-$(8 * ($at + 1))" }
            $fault.Remove('Ends')
            $fault.Remove('Sent')
            Add-SandboxFault $sandbox $fault
        }

        $rotated = $batch | Invoke-WinkCredentialRotation @rotation -ThrottleLimit 16

        $sent = Get-RotationCount $sandbox
        $rotated.Count + $failed.Count | Should -Be 160
        $rotated.ApplicationId | Sort-Object -Unique | Should -HaveCount $rotated.Count
        $rotated | Assert-ValidCredential -At $sandbox
        foreach ($one in $rotated) {
            $one.PreviousClientId | Should -BeExactly $before[$one.ApplicationId].clientId
            $one.ApplicationName | Should -BeExactly $before[$one.ApplicationId].name
            $sent[$one.ApplicationId] | Should -Be ($faulty[$one.ApplicationId].Sent ?? 1) -Because $one.ApplicationId
        }
        foreach ($one in $failed) {
            $id = $one.TargetObject.ApplicationId
            $one.FullyQualifiedErrorId | Should -BeLike "$($faulty[$id].Ends),*" -Because $id
            (Get-ValidCredential $sandbox $id).secret | Should -BeExactly $before[$id].secret
            $sent[$id] | Should -Be 1 -Because $id
        }
        (Get-RotationSince $began).ApplicationId | Sort-Object | Should -Be ($rotated.ApplicationId | Sort-Object)
    }

    It 'writes results as they come, and one by one with -ThrottleLimit 1' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-1'; delayMs = 3000 }
        $batch = New-Batch $sandbox 6

        ($batch | Invoke-WinkCredentialRotation @rotation -ThrottleLimit 3).ApplicationId[-1] | Should -Be application-1

        $order = [Collections.Generic.List[string]]::new()
        $batch | ForEach-Object { $order.Add("in $($_.ApplicationId)"); $_ } | Invoke-WinkCredentialRotation @rotation |
            ForEach-Object { $order.Add("out $($_.ApplicationId)") }
        $order[0..3] | Should -Be 'in application-1', 'out application-1', 'in application-2', 'out application-2'
    }

    It 'keeps its connections for reading, and has one of its own for each rotation' {
        New-Batch $sandbox 100 | Invoke-WinkCredentialRotation @rotation -ThrottleLimit 4 | Should -HaveCount 100

        $rotations, $others = @(Get-SandboxRequest $sandbox).Where({ $_.operation -eq 'Rotation' }, 'Split')
        $rotations.connectionId | Sort-Object -Unique | Should -HaveCount 100
        # A look-up ahead for each, and the token.
        $reading = @($others.connectionId | Sort-Object -Unique)
        $reading.Count | Should -BeLessOrEqual 5
        $reading.Where{ $_ -in $rotations.connectionId } | Should -BeNullOrEmpty
    }

    It 'takes no credentials of another application from a server that is one response behind, <Limit> in flight' -ForEach @(
        @{ Limit = 1 }, @{ Limit = 16 }
    ) {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; behind = 'Connection' }

        $rotated = New-Batch $sandbox 60 | Invoke-WinkCredentialRotation @rotation -ThrottleLimit $Limit -Verify

        $rotated | Should -HaveCount 60
        $rotated | Assert-ValidCredential -At $sandbox
        @(Get-WinkApplication -ManagingEntityId travel-tech).Count | Should -BeGreaterOrEqual 60
    }

    It 'stops, and keeps what came, when a gateway hands out the credentials of another application, <Limit> in flight' -ForEach @(
        @{ Limit = 1 }, @{ Limit = 16 }
    ) {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; behind = 'Upstream' }

        $rotated = @(New-Batch $sandbox 40 | Invoke-WinkCredentialRotation @rotation -ThrottleLimit $Limit)

        foreach ($one in $rotated) { $one | Assert-ValidCredential -At $sandbox }
        $unknown = $failed.Where{ $_.FullyQualifiedErrorId -like 'RotationOutcomeUnknown,*' }
        $unknown.Count | Should -BeGreaterThan 0
        $sent = Get-RotationCount $sandbox
        $sent.Count | Should -BeLessThan 40
        $sent.Values | Sort-Object -Unique | Should -Be 1
        # Each response but the last, which the gateway still holds, is somewhere: under the id that it names.
        $kept = Get-RotationSince $began @{ IncludeDoubtful = $true }
        $held = foreach ($id in $sent.Keys) {
            $valid = Get-ValidCredential $sandbox $id
            $kept.Where{ $_.ApplicationId -eq $id -and $_.Credential.GetNetworkCredential().Password -ceq $valid.secret }
        }
        @($held.ApplicationId | Sort-Object -Unique).Count | Should -Be ($sent.Count - 1)
    }

    It 'sends nothing more after the first unknown outcome, and says what was not attempted, <Limit> in flight' -ForEach @(
        @{ Limit = 1 }, @{ Limit = 4 }
    ) {
        Add-SandboxFault $sandbox @{ operation = 'Application'; applicationId = 'application-2'; status = 403 }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-2'; close = $true; times = 1 }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 1000 }
        $batch = New-Batch $sandbox 60

        $rotated = $batch | Invoke-WinkCredentialRotation @rotation -ThrottleLimit $Limit

        $unknown, $notAttempted = $failed.Where({ $_.FullyQualifiedErrorId -like 'RotationOutcomeUnknown,*' }, 'Split')
        $unknown.TargetObject.ApplicationId | Should -Be application-2
        $notAttempted.FullyQualifiedErrorId | Sort-Object -Unique | Should -BeLike 'RotationNotAttempted,*'
        $notAttempted[0].ErrorDetails.Message | Should -BeLike '*not attempted*application-2*'
        $notAttempted.Count | Should -BeGreaterThan 10
        $rotated.Count + 1 + $notAttempted.Count | Should -Be 60
        $sent = Get-RotationCount $sandbox
        $notAttempted.TargetObject.Where{ $sent[$_.ApplicationId] } | Should -BeNullOrEmpty

        Reset-Sandbox $sandbox
        $again = $notAttempted.TargetObject | Invoke-WinkCredentialRotation @rotation -ThrottleLimit 16
        $again.ApplicationId | Sort-Object | Should -Be ($notAttempted.TargetObject.ApplicationId | Sort-Object)
    }

    It 'sends nothing more after a secret was lost for good' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-1'; moment = 'AfterActing'; close = $true }

        New-Batch $sandbox 3 | Invoke-WinkCredentialRotation @rotation | Should -BeNullOrEmpty

        $failed.FullyQualifiedErrorId -replace ',.*' | Should -Be RotationSecretLost, RotationNotAttempted, RotationNotAttempted
    }

    It 'goes on after failures that leave the old credentials valid' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; times = 2; status = 400 }

        New-Batch $sandbox 5 | Invoke-WinkCredentialRotation @rotation -ThrottleLimit 2 | Should -HaveCount 3

        $failed | Should -HaveCount 2
    }

    It 'refuses an application the second time: <Second>' -ForEach @(
        @{ Second = 'application-1' }, @{ Second = 'APPLICATION-1' }
    ) {
        $batch = @(New-Batch $sandbox 2) + [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = $Second }

        $batch | Invoke-WinkCredentialRotation @rotation -ThrottleLimit 4 | Should -HaveCount 2

        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RotationRepeated,*'
        $failed[0].TargetObject.ApplicationId | Should -BeExactly $Second
        (Get-RotationCount $sandbox)['application-1'] | Should -Be 1
    }

    It 'verifies the new credentials of each while others are in flight' {
        (New-Batch $sandbox 6 | Invoke-WinkCredentialRotation @rotation -ThrottleLimit 3 -Verify).Verified | Should -Be (@($true) * 6)
    }

    It 'sends nothing with -WhatIf' {
        New-Batch $sandbox 5 | Invoke-WinkCredentialRotation -ThrottleLimit 4 -WhatIf | Should -BeNullOrEmpty

        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }
}
