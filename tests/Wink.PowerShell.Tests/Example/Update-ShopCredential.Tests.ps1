# How a user tests a script that rotates: no Wink, no connection, and every ending of a rotation.
BeforeAll {
    Import-Module $PSScriptRoot/../TestBed.psm1
    Import-Module (Get-BuiltModule)
    # Only for its name: SecretManagement need not be installed where the test runs.
    function Set-Secret { [CmdletBinding()] param($Name, $Secret) }
}

Describe 'Update-ShopCredential' {
    BeforeAll {
        $script = "$PSScriptRoot/Update-ShopCredential.ps1"

        function New-Rotation ($ClientId, $Saved = $true) {
            $credential = [pscredential]::new($ClientId, (ConvertTo-SecureString 'made-up-secret' -AsPlainText -Force))
            [Wink.PowerShell.CredentialRotation]::new(
                'booking-engine', 'travel-tech', $credential, [DateTime]::UtcNow, 'Booking engine', 'client-old', $null, $null, $Saved)
        }
    }

    BeforeEach {
        Mock Set-Secret { }
        Mock Get-WinkCredentialRotation { }
        Mock Get-WinkApplication { [Wink.PowerShell.WinkApplication]::new('travel-tech', 'booking-engine', 'Booking engine', 'client-old') }
        # A mock runs the script block that saves, as the cmdlet does.
        Mock Invoke-WinkCredentialRotation { New-Rotation 'client-new' | ForEach-Object { $null = $_ | ForEach-Object $SaveWith; $_ } }
    }

    It 'saves the new credentials' {
        $rotation = & $script -SecretName shop

        Should -Invoke Set-Secret -Exactly 1 -ParameterFilter { $Name -eq 'shop' -and $Secret.UserName -eq 'client-new' }
        $rotation.PreviousClientId | Should -Be 'client-old'
        Should -Invoke Invoke-WinkCredentialRotation -Exactly 1 -ParameterFilter { $InputObject.ApplicationId -eq 'booking-engine' }
    }

    It 'rotates nothing where the name fits two applications' {
        Mock Get-WinkApplication {
            foreach ($id in 'one', 'two') { [Wink.PowerShell.WinkApplication]::new('travel-tech', $id, 'Booking engine') }
        }

        { & $script -SecretName shop } | Should -Throw "There are 2 applications named 'Booking engine'; nothing was rotated."

        Should -Invoke Invoke-WinkCredentialRotation -Exactly 0
    }

    It 'goes on with the old credentials when the rotation ended as <_>' -ForEach 'NotSent', 'Rejected', 'NotConfirmed' {
        $outcome = $_
        Mock Invoke-WinkCredentialRotation { throw [Wink.Client.RotationOutcomeException]::new($outcome, 'travel-tech', 'booking-engine') }

        & $script -SecretName shop -WarningVariable warning -WarningAction SilentlyContinue | Should -BeNullOrEmpty

        "$warning" | Should -BeLike 'The shop goes on with its old credentials. *'
        Should -Invoke Set-Secret -Exactly 0
    }

    It 'calls for help when the rotation ended as <_>' -ForEach 'Unknown', 'SecretLost' {
        $outcome = $_
        Mock Invoke-WinkCredentialRotation { throw [Wink.Client.RotationOutcomeException]::new($outcome, 'travel-tech', 'booking-engine') }

        { & $script -SecretName shop } | Should -Throw 'The shop may be unable to sign in; call somebody. *'
    }

    It 'saves first what an earlier run could not save, and only that' {
        Mock Get-WinkCredentialRotation { New-Rotation 'client-of-the-earlier-run' $false; New-Rotation 'client-that-was-saved' }
        Mock Get-WinkApplication { throw 'Wink cannot be reached.' }

        { & $script -SecretName shop } | Should -Throw 'Wink cannot be reached.'

        Should -Invoke Set-Secret -Exactly 1 -ParameterFilter { $Secret.UserName -eq 'client-of-the-earlier-run' }
    }
}
