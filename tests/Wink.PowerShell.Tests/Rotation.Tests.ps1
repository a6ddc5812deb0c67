BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'Invoke-WinkCredentialRotation' {
    BeforeEach {
        Reset-Sandbox $sandbox
        $old = New-SandboxApplication $sandbox travel-tech booking-engine -Name 'Booking engine' -Scope account.read
        Connect-Sandbox $sandbox
        $target = @{ ManagingEntityId = 'travel-tech'; ApplicationId = 'booking-engine' }
    }

    It 'returns the valid credentials, with the application and what it was' {
        $rotation = Invoke-WinkCredentialRotation @target -Confirm:$false

        $valid = Get-ValidCredential $sandbox
        $rotation | Should -BeOfType ([Wink.PowerShell.CredentialRotation])
        $rotation.ApplicationId | Should -Be booking-engine
        $rotation.Id | Should -Be booking-engine
        $rotation.ManagingEntityId | Should -Be travel-tech
        $rotation.ApplicationName | Should -Be 'Booking engine'
        $rotation.ClientId | Should -Be $valid.clientId
        $rotation.PreviousClientId | Should -Be $old.clientId
        $rotation.Credential.UserName | Should -Be $valid.clientId
        $rotation.Credential.GetNetworkCredential().Password | Should -BeExactly $valid.secret
        $rotation.RotatedAt.Kind | Should -Be Utc
        ([DateTime]::UtcNow - $rotation.RotatedAt).TotalMinutes | Should -BeLessThan 1
    }

    It 'makes credentials that sign in, and revokes the old ones' {
        $rotation = Invoke-WinkCredentialRotation @target -Confirm:$false

        $where = @{ ApiUri = $sandbox.Http; IamUri = $sandbox.Http; Scope = 'account.read' }
        (Connect-Wink -Credential $rotation.Credential @where -PassThru).ClientId | Should -Be $rotation.ClientId
        { Connect-Wink -Credential ($old | New-TestCredential) @where } |
            Should -Throw -ErrorId 'CredentialRefused,Wink.PowerShell.ConnectWinkCommand'
    }

    It 'says with -WhatIf what it would do, and does not do it' {
        $text = Invoke-FreshPwsh -ConnectedTo $sandbox {
            Invoke-WinkCredentialRotation -ManagingEntityId travel-tech -ApplicationId booking-engine -WhatIf
        }

        foreach ($part in 'What if', "'Booking engine'", '(booking-engine)', 'travel-tech', $old.clientId, 'stop working immediately') {
            $text | Should -BeLike "*$part*"
        }
        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }

    It 'sends nothing when nobody is there to confirm: <Where>' -ForEach @(
        @{ Where = 'with -NonInteractive'; Interactive = $false }
        @{ Where = 'where standard input has ended'; Interactive = $true }
    ) {
        $text = Invoke-FreshPwsh -ConnectedTo $sandbox -Interactive $Interactive {
            Invoke-WinkCredentialRotation -ManagingEntityId travel-tech -ApplicationId booking-engine -ErrorVariable failed
            $failed.FullyQualifiedErrorId
        }

        $text | Should -BeLike '*ConfirmationUnavailable,*'
        $text | Should -BeLike '*-Confirm:$false*'
        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }

    It 'takes applications from the pipeline by property name, one after the other' {
        New-SandboxApplication $sandbox travel-tech second -Name Second -Scope account.read
        $csv = 'ManagingEntityId,Id', 'travel-tech,booking-engine', 'travel-tech,missing', 'travel-tech,second'

        $rotations = $csv | ConvertFrom-Csv |
            Invoke-WinkCredentialRotation -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable failed

        $rotations.ApplicationId | Should -Be booking-engine, second
        $failed | Should -HaveCount 1
        $failed[0].TargetObject.ApplicationId | Should -Be missing
    }

    It 'uses the connection that it is given' {
        $wink = Connect-Sandbox $sandbox @{ PassThru = $true }
        try { Connect-Wink (New-TestCredential nobody made-up-secret) -ApiUri $sandbox.Http -IamUri $sandbox.Http } catch { $null = $_ }

        { Invoke-WinkCredentialRotation @target -Confirm:$false } |
            Should -Throw -ErrorId 'NotConnected,Wink.PowerShell.InvokeWinkCredentialRotationCommand'
        (Invoke-WinkCredentialRotation @target -Connection $wink -Confirm:$false).ApplicationId | Should -Be booking-engine
    }

    It 'keeps the credentials of another application, under the id that they name, and does not know what became of its own' {
        Add-SandboxFault $sandbox @{
            operation = 'Rotation'; status = 200; contentType = 'application/json'
            body = '{"id":"another","clientId":"made-up-id","secretKey":"made-up-secret"}'
        }

        Invoke-WinkCredentialRotation @target -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty

        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RotationOutcomeUnknown,*'
        $failed[0].ErrorDetails.Message | Should -BeLike '*named another application (another)*'
        $failed[0].ErrorDetails.Message | Should -BeLike ('*client ID made-up-id*' +
            'Get-WinkCredentialRotation -ApplicationId booking-engine -IncludeDoubtful*')
        ($failed[0] -split "`n", 2)[1] | Should -Not -BeLike '*lost*'
        Get-WinkCredentialRotation another -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $kept = (Get-WinkCredentialRotation booking-engine -IncludeDoubtful)[-1]
        $kept.ApplicationId | Should -Be another
        (Get-WinkCredentialRotation another -IncludeDoubtful)[-1].ClientId | Should -Be $kept.ClientId
        $kept | Format-Table | Out-String | Should -BeLike '*see Doubt*'
        $kept.Credential.GetNetworkCredential().Password | Should -BeExactly made-up-secret
        $kept.Doubt | Should -BeLike '*booking-engine*named another application*'
        $kept.ApplicationName | Should -BeNullOrEmpty
    }

    It 'takes credentials without an id, with a warning, when the application has their client ID' {
        Add-SandboxFault $sandbox @{
            operation = 'Rotation'; moment = 'AfterActing'; times = 1
            status = 200; body = '{"clientId":{clientId},"secretKey":{secretKey}}'
        }

        $rotation = Invoke-WinkCredentialRotation @target -Confirm:$false -WarningAction SilentlyContinue -WarningVariable warned

        $rotation.ClientId | Should -Be (Get-SandboxApplication $sandbox travel-tech booking-engine).clientId
        $rotation.Doubt | Should -BeNullOrEmpty
        "$warned" | Should -BeLike '*doubtful: it named no application*'
    }

    It 'rotates when the application cannot be read, and says so on the verbose stream alone' {
        Add-SandboxFault $sandbox @{ operation = 'Application'; status = 403; body = '<html>no</html>' }

        $output = Invoke-WinkCredentialRotation @target -Confirm:$false -Verbose 4>&1

        $rotation = $output | Where-Object { $_ -is [Wink.PowerShell.CredentialRotation] }
        $rotation.ApplicationName | Should -BeNullOrEmpty
        $rotation.PreviousClientId | Should -BeNullOrEmpty
        "$($output | Where-Object { $_ -is [Management.Automation.VerboseRecord] })" | Should -BeLike '*could not be read*403*'
    }

    It 'refuses <Bad>, and sends nothing' -ForEach @(
        '../other', 'a/b', '..', '.', 'a b', 'a%2Fb', 'a?b', 'ä' | ForEach-Object { @{ Bad = $_ } }
    ) {
        Reset-Sandbox $sandbox

        $quiet = @{ Confirm = $false; ErrorAction = 'SilentlyContinue' }
        Invoke-WinkCredentialRotation -ManagingEntityId travel-tech -ApplicationId $Bad @quiet -ErrorVariable failed
        Invoke-WinkCredentialRotation -ManagingEntityId $Bad -ApplicationId booking-engine @quiet -ErrorVariable +failed

        $failed.FullyQualifiedErrorId | Should -Be (@('InvalidArgument,Wink.PowerShell.InvokeWinkCredentialRotationCommand') * 2)
        Get-SandboxRequest $sandbox | Should -BeNullOrEmpty
    }

    It 'tells of <Status>: <Id>, <Category>' -ForEach @(
        @{ Status = 400; Id = 'RotationRejected'; Category = 'InvalidArgument' }
        @{ Status = 401; Id = 'RotationRejected'; Category = 'AuthenticationError' }
        @{ Status = 403; Id = 'RotationRejected'; Category = 'PermissionDenied' }
        @{ Status = 404; Id = 'RotationRejected'; Category = 'ObjectNotFound' }
        @{ Status = 429; Id = 'RotationRejected'; Category = 'LimitsExceeded' }
        @{ Status = 500; Id = 'RotationNotConfirmed'; Category = 'ResourceUnavailable' }
        @{ Status = 204; Id = 'RotationNotConfirmed'; Category = 'InvalidResult' }
        @{ Status = 302; Id = 'RotationNotConfirmed'; Category = 'InvalidResult' }
    ) {
        $body = if ($Status -ne 204) { '{"detail":"what Wink says"}' } else { '' }
        Add-SandboxFault $sandbox @{
            operation = 'Rotation'; status = $Status; contentType = 'application/problem+json'; body = $body
        }

        Invoke-WinkCredentialRotation @target -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable failed

        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be "$Id,Wink.PowerShell.InvokeWinkCredentialRotationCommand"
        $failed[0].CategoryInfo.Category | Should -Be $Category
        $failed[0].TargetObject.ApplicationId | Should -Be booking-engine
        $says, $advice = switch ($Id) {
            RotationNotConfirmed {
                "*no effect was seen by ??:??:?? UTC: its client ID was still $($old.clientId).*"
                '*were still valid then, but the request may still take effect. Wait some minutes*'
            }
            default {
                if ($Status -eq 429) { '*not checked whether anything changed*'; 'Nothing suggests*Test-WinkCredential*' }
                else { "*client ID was still $($old.clientId) at ??:??:?? UTC.*"; 'The old credentials were still valid then.*' }
            }
        }
        $failed[0].ErrorDetails.Message | Should -BeLike $says
        ($failed[0] -split "`n", 2)[1] | Should -BeLike $advice
        if ($Status -notin 204) { $failed[0].ErrorDetails.Message | Should -BeLike '*what it says is not shown*' }
    }

    It 'tells when nothing was sent, since the API is down' {
        Connect-Wink -Credential (New-Operator $sandbox) -ApiUri http://127.0.0.1:9 -IamUri $sandbox.Http

        Invoke-WinkCredentialRotation @target -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable failed

        $failed[0].FullyQualifiedErrorId | Should -Be 'RotationNotSent,Wink.PowerShell.InvokeWinkCredentialRotationCommand'
        $failed[0].CategoryInfo.Category | Should -Be ConnectionError
        ($failed[0] -split "`n", 2)[1] | Should -BeLike 'This command changed nothing.*'
    }

    It 'lets a script catch the outcome by its type' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; close = $true; times = 1 }

        $outcome = try { Invoke-WinkCredentialRotation @target -Confirm:$false -ErrorAction Stop }
        catch [Wink.Client.RotationOutcomeException] { $_.Exception.Outcome }

        $outcome | Should -Be ([Wink.Client.RotationOutcome]::NotConfirmed)
    }

    It 'renews an access token that IAM has forgotten, and sends again what was refused' {
        Clear-SandboxToken $sandbox

        (Invoke-WinkCredentialRotation @target -Confirm:$false).ApplicationName | Should -Be 'Booking engine'
        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
    }
}
