# What of -SaveWith needs a real pwsh: native commands, script files, the end of the process, transcripts, and where nobody can answer.
BeforeDiscovery { $cannotSignal = -not $IsLinux }

BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
    $wink = Connect-Sandbox $sandbox @{ PassThru = $true }

    # A native command that writes a line to its standard error and ends with this exit code.
    function Invoke-Native ([int] $Code) {
        if ($IsWindows) { cmd /c "echo made-up hint>&2& exit $Code" } else { sh -c "echo made-up hint >&2; exit $Code" }
    }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'Credentials are not saved by <What>' -ForEach @(
    @{ What = 'a native command that fails'; Block = { Invoke-Native 3 }; Says = '*made-up hint*ended with non-zero exit code: 3*' }
    @{ What = 'one whose output and errors go nowhere'; Block = { Invoke-Native 3 2>&1 | Out-Null }; Says = '*exit code in it was 3.*' }
    @{ What = 'one that another follows'; Block = { Invoke-Native 3; Invoke-Native 0 }; Says = '*non-zero exit code: 3*' }
    @{ What = 'a script file that exits'; Block = { & $file }; Says = '*The last exit code in it was 5.*' }
) {
    It 'and an error says why' {
        New-SandboxApplicationList $sandbox travel-tech 1
        $file = Join-Path $TestDrive exit.ps1
        Set-Content $file 'exit 5'
        $ErrorActionPreference = 'SilentlyContinue'

        $rotation = Invoke-WinkCredentialRotation travel-tech application-1 -Connection $wink -Confirm:$false -SaveWith $Block -EV e

        $rotation.Saved | Should -BeFalse
        $rotation | Assert-ValidCredential -At $sandbox
        $e | Should -HaveCount 1
        $e[0].FullyQualifiedErrorId | Should -BeLike 'RotationNotSaved,*'
        $e[0].ErrorDetails.Message | Should -BeLike $Says
    }
}

Describe 'A native command that succeeds' {
    It 'has saved, also where it writes to its standard error' {
        New-SandboxApplicationList $sandbox travel-tech 1

        $rotation = Invoke-WinkCredentialRotation travel-tech application-1 -Connection $wink -Confirm:$false -SaveWith { Invoke-Native 0 }

        $rotation.Saved | Should -BeTrue
    }
}

Describe 'A process' {
    BeforeEach {
        Reset-Sandbox $sandbox
        New-SandboxApplicationList $sandbox travel-tech 2
    }

    It 'goes on after exit in the block' {
        $shown = Invoke-FreshPwsh -ConnectedTo $sandbox {
            $rotation = Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false -SaveWith { exit 5 } -ErrorAction Ignore
            "saved: $($rotation.Saved)"
        }

        $shown.Trim() | Should -BeExactly 'saved: False'
    }

    It 'that nobody can answer sends nothing where the vault asks for a password: <_>' -ForEach @(
        'Read-Host Password -AsSecureString', 'Get-Credential', '$Host.UI.PromptForCredential("", "", "", "")'
    ) {
        $current = (Get-ValidCredential $sandbox application-1 | New-TestCredential).GetNetworkCredential()
        $shown = Invoke-FreshPwsh -ConnectedTo $sandbox {
            param($ClientId, $Secret, $Ask)
            $rotation = @{
                CurrentCredential = [pscredential]::new($ClientId, (ConvertTo-SecureString $Secret -AsPlainText -Force))
                SaveWith          = [scriptblock]::Create($Ask)
            }
            Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false @rotation -RehearseSave -ErrorVariable failed 2> $null
            $failed.FullyQualifiedErrorId
        } $current.UserName, $current.Password, $_

        $shown | Should -BeLike '*SaveUnavailable,*'
        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }

    It 'has an audit trail as readable lines in a file, one for each rotation' {
        $trail = Join-Path $TestDrive trail.txt

        1..2 | ForEach-Object {
            $null = Invoke-WinkCredentialRotation travel-tech "application-$_" -Connection $wink -Confirm:$false -SaveWith { 1 } 6>> $trail
        }

        $lines = Get-Content $trail
        $lines | Should -HaveCount 2
        foreach ($number in 1, 2) {
            $lines[$number - 1] | Should -BeLike ("????-??-??T??:??:??Z Rotated: application *(application-$number) of managing entity " +
                "travel-tech in Custom (*), client ID * -> $((Get-ValidCredential $sandbox "application-$number").clientId), saved, by *")
        }
        $lines | Assert-NoSecret (Get-SandboxSecret $sandbox)
    }

    It 'has a transcript without what the block wrote of the secret, in a module''s streams and errors' {
        $transcript = Join-Path $TestDrive transcript.txt
        $shown = Invoke-FreshPwsh -ConnectedTo $sandbox {
            param($Transcript)
            $null = Start-Transcript $Transcript
            $rotation = Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false -SaveWith {
                $secret = $_.Credential.GetNetworkCredential().Password
                Write-Warning "W $secret"; Write-Host "H $secret"; Write-Verbose "V $secret" -Verbose; Write-Error "E $secret"
            }
            $null = Stop-Transcript
            "saved: $($rotation.Saved)"
        } $transcript

        $shown | Should -BeLike '*W `*`*`**H `*`*`**saved: False*E `*`*`**'
        (Get-Content $transcript -Raw) | Should -BeLike '*E `*`*`**'
        $shown, (Get-Content $transcript -Raw) | Assert-NoSecret (Get-SandboxSecret $sandbox)
    }

    It 'that is ended by TERM while the block saves has saved before it ends, and sends nothing more' -Skip:$cannotSignal {
        $file = Join-Path $TestDrive saved.txt
        $started = Join-Path $TestDrive started.txt
        $process = Start-FreshPwsh -ConnectedTo $sandbox -Interactive $true {
            param($File, $Started)
            1..2 | ForEach-Object { [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = "application-$_" } } |
                Invoke-WinkCredentialRotation -Confirm:$false -SaveWith {
                    Set-Content $Started now
                    Start-Sleep 12
                    Set-Content $File $_.ClientId
                }
            'the script went on'
        } $file, $started
        try {
            Wait-Until { Test-Path $started }

            kill -TERM $process.Id

            $shown = $process.StandardOutput.ReadToEnd()
            $process.WaitForExit()
            $process.ExitCode | Should -Be 143
            Get-Content $file | Should -BeExactly (Get-ValidCredential $sandbox application-1).clientId
            $shown | Should -Not -BeLike '*the script went on*'
            Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
        }
        finally {
            if (-not $process.HasExited) { $process.Kill() }
            $process.Dispose()
        }
    }
}
