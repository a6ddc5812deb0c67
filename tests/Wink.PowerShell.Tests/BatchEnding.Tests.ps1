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

    It 'writes what was in flight before an error ends it: <By>' -ForEach @(
        @{
            By       = '-ErrorAction Stop'
            Pipeline = { $batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false -ErrorAction Stop }
        }
        @{
            By       = '$ErrorActionPreference'
            Pipeline = {
                $ErrorActionPreference = 'Stop'
                $batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false
            }
        }
        @{
            By       = '-ErrorAction Stop of a function in a module'
            Pipeline = {
                $null = New-Module {
                    function Update-Batch {
                        [CmdletBinding()] param($Batch, $Rotation)
                        $Batch | Invoke-WinkCredentialRotation @Rotation -Confirm:$false
                    }
                }
                Update-Batch $batch $rotation -ErrorAction Stop
            }
        }
    ) {
        # Late enough that four are in flight by then.
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-2'; status = 400; delayMs = 500; times = 1 }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-3'; status = 404; delayMs = 700; times = 1 }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 1200 }
        $shell = New-Pipeline $Pipeline @{ batch = New-Batch $sandbox 12 }
        $output = [Management.Automation.PSDataCollection[psobject]]::new()

        { $shell.Invoke($null, $output) } | Should -Throw '*application-2*'

        $output.ApplicationId | Sort-Object | Should -Be application-1, application-4
        "$($shell.Streams.Warning)" | Should -BeLike '*application-3*refused*'
        (Get-RotationCount $sandbox).Keys | Sort-Object | Should -Be application-1, application-2, application-3, application-4
        (Get-RotationSince $began).ApplicationId | Sort-Object | Should -Be application-1, application-4
    }

    It 'writes what was in flight before a warning ends it' {
        Add-SandboxFault $sandbox @{
            operation = 'Rotation'; applicationId = 'application-1'; moment = 'AfterActing'; delayMs = 500; close = $true; times = 1
        }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 1200 }
        $shell = New-Pipeline -Variable @{ batch = New-Batch $sandbox 12 } {
            $batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false -WarningAction Stop
        }
        $output = [Management.Automation.PSDataCollection[psobject]]::new()

        { $shell.Invoke($null, $output) } | Should -Throw '*nobody holds its secret*'

        $output.ApplicationId | Sort-Object | Should -Be application-1, application-2, application-3, application-4
    }

    It 'keeps what was sent, and tells the person, when <Ending> ends it' -ForEach @(
        @{
            Ending   = 'Select-Object -First 1'
            Pipeline = { $batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false | Select-Object -First 1 }
            Told     = 3
        }
        @{
            Ending   = 'a throw downstream'
            Pipeline = { $batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false | ForEach-Object { throw 'made-up' } }
            Told     = 3
        }
        @{
            Ending   = 'a throw upstream'
            Pipeline = {
                & {
                    Get-WinkApplication travel-tech -Connection $wink -Name 'Application ?' | Select-Object -First 4
                    Start-Sleep 1
                    throw 'made-up'
                } | Invoke-WinkCredentialRotation @rotation -Confirm:$false
            }
            Told     = 4
        }
    ) {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-1'; delayMs = 500; times = 1 }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 1500 }
        $person = New-PromptingHost
        $shell = New-Pipeline $Pipeline @{ batch = New-Batch $sandbox 12 } $person
        try { $null = $shell.Invoke() } catch { $null = $_ }

        $ids = 'application-1', 'application-2', 'application-3', 'application-4'
        (Get-RotationCount $sandbox).Keys | Sort-Object | Should -Be $ids
        (Get-RotationSince $began).ApplicationId | Sort-Object | Should -Be $ids
        $person.Lines -like $message | Should -HaveCount $Told
    }

    It 'waits for all that was sent, also where the person cannot be told' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-1'; delayMs = 500; times = 1 }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-2'; delayMs = 800; times = 1 }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 2500 }
        $shell = New-Pipeline -Variable @{ batch = New-Batch $sandbox 4 } -PSHost (New-PromptingHost @{ IsBroken = $true }) {
            $batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false | Select-Object -First 1
        }

        try { $null = $shell.Invoke() } catch { $null = $_ }

        (Get-RotationSince $began).ApplicationId | Sort-Object | Should -Be (1..4 | ForEach-Object { "application-$_" })
    }

    It 'cancels what only waits to be sent again when downstream wants no more' {
        Add-SandboxFault $sandbox @{
            operation = 'Rotation'; applicationId = 'application-2'; status = 429; headers = @{ 'Retry-After' = '50' }
        }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 500 }
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $shell = New-Pipeline -Variable @{ batch = New-Batch $sandbox 2 } {
            $batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false | Select-Object -First 1
        }

        $shell.Invoke().ApplicationId | Should -Be application-1

        $watch.Elapsed.TotalSeconds | Should -BeLessThan 25
        $shell.HadErrors | Should -BeFalse
    }

    It 'tells the person of the credentials that were being stored when it is stopped' {
        $person = New-PromptingHost
        $shell = New-Pipeline -Variable @{ batch = New-Batch $sandbox 1 } -PSHost $person {
            $batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false | ForEach-Object { Start-Sleep 30 }
        }
        $null = $shell.BeginInvoke()
        Wait-Until { Get-RotationSince $began }
        Start-Sleep -Milliseconds 500

        $shell.Stop()

        $person.Lines | Should -BeLike "*application-1 $($message.TrimStart('*'))"
    }

    It 'keeps what was sent, and tells the person, when it is stopped' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 3000 }
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
