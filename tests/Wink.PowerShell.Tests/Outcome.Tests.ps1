BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'A rotation whose response says nothing' {
    BeforeEach {
        Reset-Sandbox $sandbox
        $old = New-SandboxApplication $sandbox travel-tech booking-engine -Name 'Booking engine' -Scope account.read
        Connect-Sandbox $sandbox
        $target = @{ ManagingEntityId = 'travel-tech'; ApplicationId = 'booking-engine'; Confirm = $false }
    }

    It 'is repeated, with a warning, where the client ID changed: the credentials that come out are valid' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; close = $true; moment = 'AfterActing'; times = 1 }

        $rotation = Invoke-WinkCredentialRotation @target -WarningAction SilentlyContinue -WarningVariable warned

        $rotation | Assert-ValidCredential -At $sandbox
        $rotation.PreviousClientId | Should -Be $old.clientId
        "$warned" | Should -BeLike 'No usable response*booking-engine*is repeated now*assumes that nobody else*'
        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 2
    }

    It 'is not repeated when -WarningAction Stop ends the pipeline' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; close = $true; moment = 'AfterActing'; times = 1 }

        $before = @(Get-WinkCredentialRotation).Count

        $warned = try {
            Invoke-WinkCredentialRotation @target -WarningAction Stop -OutVariable out -ErrorAction SilentlyContinue -ErrorVariable failed
        }
        catch { $_ }

        "$warned" | Should -BeLike '*No usable response*booking-engine*'
        $out | Should -BeNullOrEmpty
        @(Get-WinkCredentialRotation) | Should -HaveCount $before
        $lost = @($failed | Where-Object FullyQualifiedErrorId -Like 'RotationSecretLost,*')
        $lost | Should -HaveCount 1
        $lost.ErrorDetails.Message | Should -BeLike "*showed client ID $((Get-ValidCredential $sandbox).clientId)*"
        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
    }

    It 'ends as RotationSecretLost when every response is lost' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; close = $true; moment = 'AfterActing' }

        Invoke-WinkCredentialRotation @target -WarningAction SilentlyContinue -ErrorAction SilentlyContinue -ErrorVariable failed

        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RotationSecretLost,*'
        ($failed[0] -split "`n", 2)[1] | Should -BeLike '*old credentials are revoked*If nobody else rotated*'
        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 3
    }
}

Describe 'The expected client ID' {
    BeforeEach {
        Reset-Sandbox $sandbox
        $old = New-SandboxApplication $sandbox travel-tech booking-engine -Scope account.read
        Connect-Sandbox $sandbox
        $target = @{ ManagingEntityId = 'travel-tech'; ApplicationId = 'booking-engine'; Confirm = $false }
    }

    It 'lets the rotation pass when it is so' {
        (Invoke-WinkCredentialRotation @target -ExpectedClientId $old.clientId).PreviousClientId | Should -Be $old.clientId
    }

    It 'stops it, with nothing sent, when <Why>' -ForEach @(
        @{ Why = 'it is another'; Status = $null; Says = '*not made-up-other*' }
        @{ Why = 'it cannot be read'; Status = 403; Says = '*could not be read*' }
    ) {
        if ($Status) { Add-SandboxFault $sandbox @{ operation = 'Application'; status = $Status } }

        { Invoke-WinkCredentialRotation @target -ExpectedClientId made-up-other -ErrorAction Stop } |
            Should -Throw $Says -ErrorId 'UnexpectedClientId,Wink.PowerShell.InvokeWinkCredentialRotationCommand'

        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }
}

Describe 'Test-WinkCredential' {
    BeforeAll {
        Reset-Sandbox $sandbox
        $application = New-SandboxApplication $sandbox travel-tech tested -Scope booking.read
        Connect-Sandbox $sandbox
        $good = $application | New-TestCredential
        $bad = New-TestCredential $application.clientId made-up-wrong
    }

    It 'tells valid credentials, whatever their scopes, from others, and takes them from the pipeline' {
        $good, $bad | Test-WinkCredential | Should -Be $true, $false
        Invoke-WinkCredentialRotation travel-tech tested -Confirm:$false | Test-WinkCredential | Should -BeTrue
    }

    It 'is an error, not $false, when it cannot tell' {
        Add-SandboxFault $sandbox @{ operation = 'Token'; status = 503; times = 1 }

        Test-WinkCredential $bad -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty

        $failed[0].FullyQualifiedErrorId | Should -BeLike 'CredentialNotTested,*'
        $failed[0].CategoryInfo.Category | Should -Be ResourceUnavailable
    }
}

Describe 'The rotation of the connected application' {
    It 'needs -IncludeSelf' {
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox

        { Invoke-WinkCredentialRotation travel-tech operations -Confirm:$false -ErrorAction Stop } |
            Should -Throw '*signed in as*operations*' -ErrorId 'OwnApplication,Wink.PowerShell.InvokeWinkCredentialRotationCommand'

        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }

    It 'leaves the connection working, also when its token has expired' {
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox
        $rotation = Invoke-WinkCredentialRotation travel-tech operations -IncludeSelf -Confirm:$false
        Clear-SandboxToken $sandbox

        (Get-WinkConnection).ClientId | Should -Be $rotation.ClientId
        $next = Invoke-WinkCredentialRotation travel-tech operations -IncludeSelf -Confirm:$false
        $next.PreviousClientId | Should -Be $rotation.ClientId
        Clear-SandboxToken $sandbox
        (Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false).ApplicationId | Should -Be booking-engine
    }
}
