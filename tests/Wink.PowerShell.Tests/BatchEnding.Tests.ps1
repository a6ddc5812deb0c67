# One of each kind, of the built module in each PowerShell; all of them are in Wink.PowerShell.HostTests.
BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'A batch whose pipeline ends early' {
    BeforeAll {
        $message = '*was rotated. Its new credentials are in Get-WinkCredentialRotation in the runspace that connected, ' +
            'or with -Connection in any other.'
    }

    BeforeEach {
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox
        $began = [DateTime]::UtcNow
        $shell = $null
    }

    AfterEach { Remove-Pipeline $shell }

    It 'writes what was in flight before an error ends it' {
        # Late enough that four are in flight by then.
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-2'; status = 400; delayMs = 2000; times = 1 }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-3'; status = 404; delayMs = 4000; times = 1 }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 6000 }
        $shell = New-Pipeline -Variable @{ batch = New-Batch $sandbox 12 } {
            $batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false -ErrorAction Stop
        }
        $output = [Management.Automation.PSDataCollection[psobject]]::new()

        { $shell.Invoke($null, $output) } | Should -Throw '*application-2*'

        $output.ApplicationId | Sort-Object | Should -Be application-1, application-4
        "$($shell.Streams.Warning)" | Should -BeLike '*Wink refused*application-3*'
        (Get-RotationCount $sandbox).Keys | Sort-Object | Should -Be application-1, application-2, application-3, application-4
        (Get-RotationSince $began).ApplicationId | Sort-Object | Should -Be application-1, application-4
    }

    It 'keeps what was sent, and tells the person, when Select-Object -First ends it' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-1'; delayMs = 2000; times = 1 }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 4000 }
        $person = New-PromptingHost
        $shell = New-Pipeline -Variable @{ batch = New-Batch $sandbox 12 } -PSHost $person {
            $batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false | Select-Object -First 1
        }
        $null = $shell.Invoke()

        $ids = 'application-1', 'application-2', 'application-3', 'application-4'
        (Get-RotationCount $sandbox).Keys | Sort-Object | Should -Be $ids
        (Get-RotationSince $began).ApplicationId | Sort-Object | Should -Be $ids
        $person.Lines -like $message | Should -HaveCount 4
    }

    It 'keeps what was sent, and tells the person, when it is stopped' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 6000 }
        $person = New-PromptingHost
        $shell = New-Pipeline -Variable @{ batch = New-Batch $sandbox 12 } -PSHost $person {
            $batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false
        }
        $null = $shell.BeginInvoke()
        Wait-SandboxRequest $sandbox Rotation -Count 4

        $shell.Stop()

        (Get-RotationCount $sandbox).Count | Should -Be 4
        Get-RotationSince $began | Should -HaveCount 4
        $person.Lines[0] | Should -BeLike '*Each of 4 rotations may have reached Wink already*'
        $person.Lines -like $message | Should -HaveCount 4
    }
}
