BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    $sandbox = Start-Sandbox
    $operator = (New-Operator $sandbox).GetNetworkCredential()
    $null = New-SandboxApplication $sandbox travel-tech booking-engine -Name 'Booking engine' -Scope account.read
    $canary = 'made-up-canary-0123456789'
    $transcript = Join-Path $TestDrive transcript.txt

    # All that a person can get out of a session: every stream at its loudest, every object in full, every error, the transcript.
    $script = {
        param($Module, $TestBed, $Http, $Transcript)
        Import-Module $Module, $TestBed
        $sandbox = [pscustomobject]@{ Http = $Http }
        $where = @{ ApiUri = $sandbox.Http; IamUri = $sandbox.Http }
        $target = @{ ManagingEntityId = 'travel-tech'; ApplicationId = 'booking-engine'; Confirm = $false }
        $null = Start-Transcript $Transcript
        & {
            $wink = Connect-Wink -EnvironmentVariable @where -Verbose -Debug -PassThru
            $wink
            $wink | Format-List * -Force
            $wink | ConvertTo-Json -Depth 4 -WarningAction SilentlyContinue
            $rotation = Invoke-WinkCredentialRotation @target -Verbose -Debug
            $rotation
            $rotation | Format-List * -Force
            $rotation | Format-Table * -Force
            $rotation | ConvertTo-Json -Depth 4 -WarningAction SilentlyContinue
            "$rotation $($rotation.Credential) $wink"
            # The control test leaks what needs no fault.
            foreach ($fault in @(if (-not $env:WINK_TEST_LEAK) {
                    @{ status = 200; body = '{"secretKey":"CANARY"' }
                    @{ status = 200; body = '<html>CANARY</html>' }
                    @{ status = 500; body = '{"secretKey":"CANARY"}' }
                    @{ status = 403; body = '<html>CANARY</html>' }
                    @{ close = $true }
                    @{ close = $true; moment = 'AfterActing' } })) {
                $fault.operation = 'Rotation'
                $fault.times = 1
                if ($fault.body) { $fault.body = $fault.body.Replace('CANARY', $env:WINK_TEST_CANARY) }
                Add-SandboxFault $sandbox $fault
                Invoke-WinkCredentialRotation @target -Verbose -Debug
            }
            'booking-engine', 'booking-engine', 'missing' | ForEach-Object { [pscustomobject] @{ Id = $_ } } |
                Invoke-WinkCredentialRotation travel-tech -ThrottleLimit 2 -Confirm:$false -Verbose -Debug
            Get-WinkCredentialRotation | Format-List * -Force
            Invoke-WinkCredentialRotation @target -Verify -Verbose -Debug
            $wrong = [pscredential]::new('nobody', (ConvertTo-SecureString $env:WINK_TEST_CANARY -AsPlainText -Force))
            Test-WinkCredential $wrong -Verbose -Debug
            try { Connect-Wink -Credential $wrong @where -Verbose -Debug } catch { $_ | Format-List * -Force }
            $Error | Format-List * -Force
            $Error | ForEach-Object { $_.Exception.ToString() }
            if ($env:WINK_TEST_LEAK) { (Get-WinkCredentialRotation -Connection $wink)[-1].Credential.GetNetworkCredential().Password }
        } *>&1 | Out-String -Width 4096
        $null = Stop-Transcript
    }
    $arguments = (Get-BuiltModule), "$PSScriptRoot/TestBed.psm1", $sandbox.Http, $transcript
    $environment = @{ WINK_CLIENT_ID = $operator.UserName; WINK_CLIENT_SECRET = $operator.Password; WINK_TEST_CANARY = $canary }

    function Get-Secret {
        # What must not be seen, also in part: the secrets' random ends, and whatever stood in an Authorization header.
        $canary
        $operator.Password.Split('/')[-1]
        (Get-ValidCredential $sandbox).secret.Split('/')[-1]
        (Get-SandboxRequest $sandbox).headers.Authorization | Where-Object { $_ } | ForEach-Object { $_.Split(' ')[1] }
    }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'Secrets' {
    BeforeEach { Reset-Sandbox $sandbox }

    It 'appear in no stream, object, error or transcript' {
        $text = Invoke-FreshPwsh $script $arguments -Environment $environment
        $all = $text + (Get-Content -LiteralPath $transcript -Raw)

        $all | Should -BeLike '*RotationNotConfirmed*'
        $all | Should -BeLike '*RotationRejected*'
        $all | Should -BeLike '*RotationRepeated*'
        $all | Should -BeLike '*CredentialRefused*'
        $all | Should -BeLike '*GET *revoke -> 200 in * ms*'
        $secrets = Get-Secret
        $secrets.Count | Should -BeGreaterThan 5
        $all | Assert-NoSecret $secrets
    }

    It 'would be found by this test if they did' {
        $text = Invoke-FreshPwsh $script $arguments -Environment ($environment + @{ WINK_TEST_LEAK = '1' })

        @(Get-Secret | Where-Object { $text.Contains($_) }).Count | Should -Be 1
    }
}
