BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'A rotation whose answer says nothing' {
    BeforeEach {
        Reset-Sandbox $sandbox
        $old = New-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId booking-engine `
            -Name 'Booking engine' -Scope account.read
        Connect-Sandbox $sandbox
        $target = @{ ManagingEntityId = 'travel-tech'; ApplicationId = 'booking-engine'; Confirm = $false }
    }

    It 'is made again, with a warning, where the client id changed: the pair that comes out is in force' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; close = $true; moment = 'AfterActing'; times = 1 }

        $rotation = Invoke-WinkCredentialRotation @target -WarningAction SilentlyContinue -WarningVariable warned

        $now = Get-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId booking-engine
        $rotation.Credential.GetNetworkCredential().Password | Should -BeExactly $now.secret
        $rotation.PreviousClientId | Should -Be $old.clientId
        "$warned" | Should -BeLike '*nobody holds its secret*'
        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -HaveCount 2
    }

    It 'comes out and is recorded before -WarningAction Stop ends the pipeline' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; close = $true; moment = 'AfterActing'; times = 1 }

        $warned = try { Invoke-WinkCredentialRotation @target -WarningAction Stop -OutVariable out } catch { $_ }

        "$warned" | Should -BeLike '*nobody holds its secret*'
        $now = Get-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId booking-engine
        $out.ClientId | Should -Be $now.clientId
        (Get-WinkCredentialRotation)[-1].ClientId | Should -Be $now.clientId
    }

    It 'ends as RotationSecretLost when every answer is lost' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; close = $true; moment = 'AfterActing' }

        Invoke-WinkCredentialRotation @target -WarningAction SilentlyContinue -ErrorAction SilentlyContinue -ErrorVariable failed

        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RotationSecretLost,*'
        $failed[0].ErrorDetails.RecommendedAction | Should -BeLike '*old pair is dead*'
        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -HaveCount 3
    }

    It 'ends as RotationOutcomeUnknown when the client id can not be read' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Application'; status = 403 }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; close = $true; moment = 'AfterActing' }

        Invoke-WinkCredentialRotation @target -ErrorAction SilentlyContinue -ErrorVariable failed

        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RotationOutcomeUnknown,*'
        $failed[0].ErrorDetails.RecommendedAction | Should -BeLike '*may be dead*Test-WinkCredential*'
        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -HaveCount 1
    }

    It 'waits as long as Wink asks, and shows it as progress' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; status = 429; times = 1; headers = @{ 'Retry-After' = '1' } }
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript({
                    param($Module, $Wink, $Target)
                    Import-Module $Module
                    Invoke-WinkCredentialRotation @Target -Connection $Wink
                }).AddParameters(@((Get-BuiltModule), (Get-WinkConnection), $target))
            $shell.Invoke() | Should -HaveCount 1
            $shell.Streams.Progress.StatusDescription | Should -BeLike '*asks to wait 1 s'
        }
        finally { $shell.Dispose() }
    }
}

Describe 'The expected client id' {
    BeforeEach {
        Reset-Sandbox $sandbox
        $old = New-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId booking-engine -Scope account.read
        Connect-Sandbox $sandbox
        $target = @{ ManagingEntityId = 'travel-tech'; ApplicationId = 'booking-engine'; Confirm = $false }
    }

    It 'lets the rotation pass when it is so' {
        (Invoke-WinkCredentialRotation @target -ExpectedClientId $old.clientId).PreviousClientId | Should -Be $old.clientId
    }

    It 'stops it, with nothing sent, when <Why>' -ForEach @(
        @{ Why = 'it is another'; Status = $null; Says = '*not made-up-other*' }
        @{ Why = 'it can not be read'; Status = 403; Says = '*couldn''t be read*' }
    ) {
        if ($Status) { Add-SandboxFault -Sandbox $sandbox @{ operation = 'Application'; status = $Status } }

        { Invoke-WinkCredentialRotation @target -ExpectedClientId made-up-other -ErrorAction Stop } |
            Should -Throw $Says -ErrorId 'UnexpectedClientId,Wink.PowerShell.InvokeWinkCredentialRotationCommand'

        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -BeNullOrEmpty
    }
}

Describe 'Test-WinkCredential' {
    BeforeAll {
        Reset-Sandbox $sandbox
        $application = New-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId tested -Scope booking.read
        Connect-Sandbox $sandbox
        $good = New-TestCredential $application.clientId $application.secret
        $bad = New-TestCredential $application.clientId made-up-wrong
    }

    It 'tells a pair in force, whatever its scopes, from one that is not, and takes them from the pipeline' {
        $good, $bad | Test-WinkCredential | Should -Be $true, $false
        Invoke-WinkCredentialRotation travel-tech tested -Confirm:$false | Test-WinkCredential | Should -BeTrue
    }

    It 'is an error, not $false, when it can not tell' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Token'; status = 503; times = 1 }

        Test-WinkCredential $bad -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty

        $failed[0].FullyQualifiedErrorId | Should -BeLike 'CredentialNotTested,*'
        $failed[0].CategoryInfo.Category | Should -Be ResourceUnavailable
    }
}

Describe 'Verification' {
    BeforeEach {
        Reset-Sandbox $sandbox
        $null = New-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId booking-engine -Scope account.read
        Connect-Sandbox $sandbox
        $target = @{ ManagingEntityId = 'travel-tech'; ApplicationId = 'booking-engine'; Confirm = $false }
    }

    It 'gets a token with the new pair, and tries again while IAM does not know it' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Token'; status = 401; body = '{"error":"invalid_client"}'; times = 1 }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Token'; status = 503; times = 1 }

        (Invoke-WinkCredentialRotation @target -Verify).Verified | Should -BeTrue
    }

    It 'is null when nobody asked for it' {
        (Invoke-WinkCredentialRotation @target).Verified | Should -BeNullOrEmpty
    }

    It 'returns the pair, then says in an error that IAM refuses it after 30 s' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Token'; status = 401; body = '{"error":"invalid_client"}' }

        $rotation = Invoke-WinkCredentialRotation @target -Verify -ErrorAction SilentlyContinue -ErrorVariable failed

        $rotation.Verified | Should -BeFalse
        $rotation.Credential | Should -Not -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RotationNotVerified,*'
    }
}

Describe 'The rotation of the connected application' {
    It 'leaves the connection working, also when its token has ended' {
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox
        $rotation = Invoke-WinkCredentialRotation travel-tech operations -Confirm:$false
        Clear-SandboxToken -Sandbox $sandbox

        (Get-WinkConnection).ClientId | Should -Be $rotation.ClientId
        (Invoke-WinkCredentialRotation travel-tech operations -Confirm:$false).PreviousClientId | Should -Be $rotation.ClientId
        Clear-SandboxToken -Sandbox $sandbox
        (Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false).ApplicationId | Should -Be booking-engine
    }
}
