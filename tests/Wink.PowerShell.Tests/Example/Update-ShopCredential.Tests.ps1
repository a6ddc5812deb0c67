# How a user tests a script that rotates: no Wink, no connection, and every ending of a rotation.
BeforeAll {
    Import-Module $PSScriptRoot/../TestBed.psm1
    Import-Module (Get-BuiltModule)
}

Describe 'Update-ShopCredential' {
    BeforeAll {
        $script = "$PSScriptRoot/Update-ShopCredential.ps1"

        function New-Rotation ($ClientId) {
            $credential = [pscredential]::new($ClientId, (ConvertTo-SecureString 'made-up-secret' -AsPlainText -Force))
            [Wink.PowerShell.CredentialRotation]::new(
                'booking-engine', 'travel-tech', $credential, [DateTime]::UtcNow, 'Booking engine', 'client-old')
        }
    }

    BeforeEach {
        $path = Join-Path $TestDrive shop.xml
        Mock Get-WinkCredentialRotation { }
        Mock Get-WinkManagingEntity { [Wink.PowerShell.WinkManagingEntity]::new('travel-tech', 'Travel Tech', 'TRAVEL_AGENT', 'ACTIVE') }
        Mock Get-WinkApplication { [Wink.PowerShell.WinkApplication]::new('travel-tech', 'booking-engine', 'Booking engine', 'client-old') }
        Mock Invoke-WinkCredentialRotation { New-Rotation 'client-new' }
    }

    AfterEach {
        Remove-Item -LiteralPath $path -ErrorAction Ignore
    }

    It 'stores the new credentials' {
        $rotation = & $script -Path $path

        (Import-Clixml -LiteralPath $path).UserName | Should -Be 'client-new'
        $rotation.PreviousClientId | Should -Be 'client-old'
        Should -Invoke Invoke-WinkCredentialRotation -Exactly 1 -ParameterFilter { $ApplicationId -eq 'booking-engine' }
    }

    It 'rotates nothing where the name fits two applications' {
        Mock Get-WinkApplication {
            foreach ($id in 'one', 'two') { [Wink.PowerShell.WinkApplication]::new('travel-tech', $id, 'Booking engine') }
        }

        { & $script -Path $path } | Should -Throw "There are 2 applications named 'Booking engine'; nothing was rotated."

        Should -Invoke Invoke-WinkCredentialRotation -Exactly 0
    }

    It 'goes on with the old credentials when the rotation ended as <_>' -ForEach 'NotSent', 'Rejected', 'NotConfirmed' {
        $outcome = $_
        Mock Invoke-WinkCredentialRotation { throw [Wink.Client.RotationOutcomeException]::new($outcome, 'travel-tech', 'booking-engine') }

        & $script -Path $path -WarningVariable warning -WarningAction SilentlyContinue | Should -BeNullOrEmpty

        "$warning" | Should -BeLike 'The shop goes on with its old credentials. *'
        $path | Should -Not -Exist
    }

    It 'calls for help when the rotation ended as <_>' -ForEach 'Unknown', 'SecretLost' {
        $outcome = $_
        Mock Invoke-WinkCredentialRotation { throw [Wink.Client.RotationOutcomeException]::new($outcome, 'travel-tech', 'booking-engine') }

        { & $script -Path $path } | Should -Throw 'The shop may be unable to sign in; call somebody. *'
    }

    It 'stores first what an earlier run could not store' {
        Mock Get-WinkCredentialRotation { New-Rotation 'client-of-the-earlier-run' }
        Mock Get-WinkManagingEntity { throw 'Wink cannot be reached.' }

        { & $script -Path $path } | Should -Throw 'Wink cannot be reached.'

        (Import-Clixml -LiteralPath $path).UserName | Should -Be 'client-of-the-earlier-run'
    }
}
