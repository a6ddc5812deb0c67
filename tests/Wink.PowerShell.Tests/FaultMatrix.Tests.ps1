BeforeDiscovery {
    Import-Module $PSScriptRoot/TestBed.psm1
    $sandbox = Start-Sandbox
    $cells = Get-SandboxCell $sandbox | ForEach-Object { @{ Name = $_.name; Ends = $_.ends; Sent = $_.requests } }
    Stop-Sandbox $sandbox
}

BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    $sandbox = Start-Sandbox
    $transcript = Join-Path $TestDrive transcript.txt

    # Each cell has an application of its own. All that a person can get out of a rotation: every stream at its loudest, what came out in
    # full, every error with all its members, and the transcript.
    $script = {
        param($Module, $TestBed, $Http, $Transcript, $Result)
        Import-Module $Module, $TestBed
        $sandbox = [pscustomobject]@{ Http = $Http }
        $connect = @{ Credential = New-Operator $sandbox; ApiUri = $Http; IamUri = $Http; PassThru = $true }
        $impatient = Connect-Wink @connect -TimeoutSec 3
        $wink = Connect-Wink @connect
        $cells = Get-SandboxCell $sandbox
        for ($at = 0; $at -lt $cells.Count; $at++) {
            $cells[$at] | Add-Member id "cell-$at"
            $null = New-SandboxApplication $sandbox travel-tech $cells[$at].id -Name $cells[$at].name -Scope account.read
            Add-SandboxCell $sandbox $cells[$at].name $cells[$at].id
        }
        $null = Start-Transcript $Transcript
        # Each of twelve takes the next cell in a loop of its own: PowerShell compiles a -Parallel block anew each time that it runs it.
        $queue = [Collections.Concurrent.ConcurrentQueue[object]]::new($cells)
        1..12 | ForEach-Object -ThrottleLimit 12 -Parallel {
            Import-Module $using:Module
            $DebugPreference = 'Continue'
            $cell = $null
            while (($using:queue).TryDequeue([ref] $cell)) {
                $Error.Clear()
                # A 429 pauses all requests of a connection.
                $connection = switch -Wildcard ($cell.name) {
                    'no response*' { $using:impatient }
                    '429*' { Connect-Wink @using:connect }
                    default { $using:wink }
                }
                $rotation = @{ Connection = $connection; Confirm = $false; Verbose = $true; ErrorVariable = 'failed' }
                $said = Invoke-WinkCredentialRotation travel-tech $cell.id @rotation *>&1
                $rotated = $said | Where-Object { $_ -is [Wink.PowerShell.CredentialRotation] }
                $history = Get-WinkCredentialRotation $cell.id -Connection $connection -IncludeDoubtful
                $text = & {
                    $said
                    $said | Format-List * -Force
                    $said | ConvertTo-Json -Depth 3 -WarningAction SilentlyContinue
                    "$rotated $($rotated.Credential)"
                    $history
                    $history | Format-Table
                    $history | Format-List * -Force
                    $failed | Format-List * -Force
                    $failed | ForEach-Object { $_.Exception.ToString(); $_ | Get-Error }
                    $Error | Format-List * -Force
                    $Error | ForEach-Object { $_.Exception.ToString(); $_.ScriptStackTrace }
                } *>&1 | Out-String -Width 4096
                $ends = if ($failed) { $failed[0].FullyQualifiedErrorId -replace '^Rotation(Outcome)?|,.*' } else { 'Rotated' }
                $plain = if ($rotated) { $rotated.Credential.GetNetworkCredential().Password }
                [pscustomobject]@{
                    name = $cell.name; id = $cell.id; ends = $ends; clientId = $rotated.ClientId; secret = $plain; text = $text
                }
            }
        } | ForEach-Object {
            Write-Host $_.text
            $_
        } | ConvertTo-Json | Set-Content $Result
        $Error | Format-List * -Force
        $null = Stop-Transcript
    }
    $result = Join-Path $TestDrive result.json
    $text = Invoke-FreshPwsh $script (Get-BuiltModule), "$PSScriptRoot/TestBed.psm1", $sandbox.Http, $transcript, $result
    $ended = @{}
    Get-Content $result -Raw | ConvertFrom-Json | ForEach-Object { $ended[$_.name] = $_ }
    $sentCount = Get-RotationCount $sandbox
    $requests = Get-SandboxRequest $sandbox
    # Also in part: each secret and token ends in 24 random characters.
    $secrets = @(
        Get-SandboxSecret $sandbox | ForEach-Object { $_.Substring($_.Length - 24) }
        $requests.headers.Authorization | Where-Object { $_ } | ForEach-Object { $_.Split(' ')[1] } | Sort-Object -Unique
        'made-up-secret-of-another'
    )
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'A rotation that meets <Name>' -ForEach $cells {
    It 'ends as it must, was sent as often as it may, and shows no secret' {
        $end = $ended[$Name]
        $end.ends | Should -Be $ends
        # While others are let through, a refusal by rate does not end a rotation, up to ten times.
        $most = $Name -eq '429 each time' ? 11 : $Sent
        [int] $sentCount[$end.id] | Should -BeGreaterOrEqual $Sent -Because 'it is sent so often'
        [int] $sentCount[$end.id] | Should -BeLessOrEqual $most -Because 'it is sent no more often'
        $valid = Get-ValidCredential $sandbox $end.id
        if ($ends -eq 'Rotated') { $end.clientId, $end.secret | Should -BeExactly @($valid.clientId, $valid.secret) }
        $end.text | Assert-NoSecret $secrets
    }
}

Describe 'All that was shown' {
    It 'has no secret in it, and neither has the transcript' {
        $all = $text + (Get-Content -LiteralPath $transcript -Raw)
        $all | Should -BeLike '*RotationNotConfirmed*'
        $all | Should -BeLike '*GET *revoke -> 200 in * ms*'
        $secrets.Count | Should -BeGreaterThan 200
        $all | Assert-NoSecret $secrets
    }
}
