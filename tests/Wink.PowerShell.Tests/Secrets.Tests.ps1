BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    $sandbox = Start-Sandbox
    $operator = New-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId operations `
        -Name Operations -Scope account.read, account.write
    $null = New-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId booking-engine -Name 'Booking engine' -Scope account.read
    $canary = 'made-up-canary-0123456789'
    $transcript = Join-Path $TestDrive transcript.txt

    # All that a person can get out of a session: every stream at its loudest, every object in full, every error, the transcript.
    $script = @'
Import-Module $env:WINK_TEST_MODULE, $env:WINK_TEST_BED
$sandbox = [pscustomobject]@{ Http = $env:WINK_TEST_HTTP }
$where = @{ ApiUri = $sandbox.Http; IamUri = $sandbox.Http }
$target = @{ ManagingEntityId = 'travel-tech'; ApplicationId = 'booking-engine'; Confirm = $false }
$null = Start-Transcript $env:WINK_TEST_TRANSCRIPT
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
        Add-SandboxFault -Sandbox $sandbox $fault
        Invoke-WinkCredentialRotation @target -Verbose -Debug
    }
    'booking-engine', 'booking-engine', 'missing' | ForEach-Object { [pscustomobject] @{ ManagingEntityId = 'travel-tech'; ApplicationId = $_ } } |
        Invoke-WinkCredentialRotation -ThrottleLimit 2 -Confirm:$false -Verbose -Debug
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
'@
    $environment = @{
        WINK_CLIENT_ID = $operator.clientId; WINK_CLIENT_SECRET = $operator.secret
        WINK_TEST_MODULE = Get-BuiltModule; WINK_TEST_BED = "$PSScriptRoot/TestBed.psm1"; WINK_TEST_HTTP = "$($sandbox.Http)"
        WINK_TEST_TRANSCRIPT = $transcript; WINK_TEST_CANARY = $canary
    }

    function Get-Secret {
        # What must not be seen, also in part: the secrets' random ends, and whatever stood in an Authorization header.
        $canary
        $operator.secret.Split('/')[-1]
        (Get-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId booking-engine).secret.Split('/')[-1]
        (Get-SandboxRequest -Sandbox $sandbox).headers.Authorization | Where-Object { $_ } | ForEach-Object { $_.Split(' ')[1] }
    }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'Secrets' {
    BeforeEach { Reset-Sandbox $sandbox }

    It 'appear in no stream, object, error or transcript' {
        $text = Invoke-FreshPwsh -Script $script -Environment $environment
        $all = $text + (Get-Content -LiteralPath $transcript -Raw)

        $all | Should -BeLike '*RotationNotConfirmed*'
        $all | Should -BeLike '*RotationRejected*'
        $all | Should -BeLike '*RotationRepeated*'
        $all | Should -BeLike '*CredentialRefused*'
        $all | Should -BeLike '*GET *revoke -> 200 in * ms*'
        $secrets = Get-Secret
        $secrets.Count | Should -BeGreaterThan 5
        foreach ($secret in $secrets) { $all.Contains($secret) | Should -BeFalse -Because "'$secret' is a secret" }
    }

    It 'would be found by this test if they did' {
        $text = Invoke-FreshPwsh -Script $script -Environment ($environment + @{ WINK_TEST_LEAK = '1' })

        @(Get-Secret | Where-Object { $text.Contains($_) }).Count | Should -Be 1
    }
}
