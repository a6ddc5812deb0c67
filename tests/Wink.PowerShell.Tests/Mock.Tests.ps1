BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
}

Describe 'A Mock' {
    BeforeAll {
        $credential = New-TestCredential 'client-new' 'made-up-secret-of-a-test'
        $connection = [Wink.PowerShell.WinkConnection]::new(
            'Staging', 'https://api.example', 'https://iam.example', 'operator', @('account.read'), [DateTime]::UtcNow)
        $entity = [Wink.PowerShell.WinkManagingEntity]::new('travel-tech', 'Travel Tech', 'TRAVEL_AGENT', 'ACTIVE')
        $application = [Wink.PowerShell.WinkApplication]::new('travel-tech', 'booking-engine', 'Booking engine', 'client-old')
        $rotation = [Wink.PowerShell.CredentialRotation]::new('booking-engine', 'travel-tech', $credential, [DateTime]::UtcNow)
    }

    It 'takes the place of Connect-Wink' {
        Mock Connect-Wink { $connection } -ParameterFilter { $Environment -eq 'Staging' -and $Credential.UserName -eq 'client-new' }

        Connect-Wink -Environment Staging -Credential $credential -PassThru | Should -Be $connection

        Should -Invoke Connect-Wink -Exactly 1
    }

    It 'takes the place of Get-WinkConnection and Disconnect-Wink' {
        Mock Get-WinkConnection { $connection }
        Mock Disconnect-Wink { }

        Get-WinkConnection | Disconnect-Wink

        Should -Invoke Disconnect-Wink -Exactly 1 -ParameterFilter { $Connection.ClientId -eq 'operator' }
    }

    It 'takes the place of the whole pipeline from managing entities to rotations' {
        Mock Get-WinkManagingEntity { $entity }
        Mock Get-WinkApplication { $application } -ParameterFilter { $ManagingEntityId -eq 'travel-tech' -and $Name -eq 'Booking*' }
        Mock Invoke-WinkCredentialRotation { $rotation } -ParameterFilter {
            $InputObject.ManagingEntityId -eq 'travel-tech' -and $InputObject.ApplicationId -eq 'booking-engine' -and $Verify
        }

        $found = Get-WinkManagingEntity -Connection $connection | Get-WinkApplication -Name 'Booking*' |
            Invoke-WinkCredentialRotation -Verify -Confirm:$false

        $found | Should -Be $rotation
        foreach ($cmdlet in 'Get-WinkManagingEntity', 'Get-WinkApplication', 'Invoke-WinkCredentialRotation') {
            Should -Invoke $cmdlet -Exactly 1
        }
    }

    It 'takes the place of Get-WinkCredentialRotation' {
        Mock Get-WinkCredentialRotation { $rotation } -ParameterFilter { $ApplicationId -eq 'booking-engine' }

        (Get-WinkCredentialRotation booking-engine).Credential.UserName | Should -Be 'client-new'
    }

    It 'takes the place of a rotation that saves, and its block can be tested with a rotation of the test''s own' {
        Mock Invoke-WinkCredentialRotation { $rotation | ForEach-Object $SaveWith } -ParameterFilter {
            $CurrentCredential.UserName -eq 'client-new' -and $RehearseSave
        }

        Invoke-WinkCredentialRotation travel-tech booking-engine -CurrentCredential $credential -RehearseSave -SaveWith { $_.ClientId } |
            Should -Be 'client-new'
    }

    It 'takes the place of Switch-WinkCredential' {
        Mock Switch-WinkCredential { $rotation } -ParameterFilter { "$ApplicationId" -eq 'booking-a booking-b' }

        Switch-WinkCredential travel-tech booking-a, booking-b -CurrentCredential $credential -SaveWith { $null } | Should -Be $rotation
    }

    It 'takes the place of Clear-WinkCredentialRotation' {
        Mock Clear-WinkCredentialRotation { }

        $rotation | Clear-WinkCredentialRotation

        Should -Invoke Clear-WinkCredentialRotation -Exactly 1 -ParameterFilter { $ApplicationId -eq 'booking-engine' }
    }

    It 'takes the place of Test-WinkCredential' {
        Mock Test-WinkCredential { $true } -ParameterFilter { $Credential.UserName -eq 'client-new' }

        $credential | Test-WinkCredential | Should -BeTrue
    }

    It 'ends as a rotation may, so that a script''s catch can be tested' {
        Mock Invoke-WinkCredentialRotation { throw [Wink.Client.RotationOutcomeException]::new('Unknown', 'travel-tech', 'booking-engine') }

        $outcome = try { $application | Invoke-WinkCredentialRotation -Confirm:$false }
        catch [Wink.Client.RotationOutcomeException] { $_.Exception.Outcome }

        $outcome | Should -Be 'Unknown'
    }
}
