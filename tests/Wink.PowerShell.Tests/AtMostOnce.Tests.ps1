BeforeDiscovery {
    # How a test gets a process to trust the sandbox's authority; other systems keep their trust elsewhere, where a test has no business.
    $ways = @(
        @{ Way = 'http'; Scheme = 'Http'; Proxy = $false }
        if ($IsLinux) {
            @{ Way = 'TLS'; Scheme = 'Https'; Proxy = $false }
            @{ Way = 'TLS through a proxy'; Scheme = 'Https'; Proxy = $true }
        }
    )
    $cases = foreach ($way in $ways) {
        $way + @{ Readable = $true }
        $way + @{ Readable = $false }
    }
}

BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    $sandbox = Start-Sandbox
    $authority = Join-Path $TestDrive authority.pem
    Set-Content -LiteralPath $authority -Value $sandbox.Authority
    $trusting = @{ SSL_CERT_FILE = $authority }
    $token = New-SandboxToken -Sandbox $sandbox -Scope account.read, account.write
    $null = New-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId booking-engine -Name 'Booking engine' -Scope account.read
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'A server that reads the rotation and closes the connection without an answer' {
    BeforeEach { Reset-Sandbox $sandbox }

    It 'sees it once over <Way>, on a connection of its own, where the application can be read: <Readable>' -ForEach $cases {
        if (-not $Readable) { Add-SandboxFault -Sandbox $sandbox @{ operation = 'Application'; close = $true } }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; close = $true }
        $through = if ($Proxy) { "-Proxy '$($sandbox.Proxy)'" }

        $text = Invoke-FreshPwsh -Environment $trusting -Script @"
            Import-Module '$(Get-BuiltModule)'
            `$token = ConvertTo-SecureString '$token' -AsPlainText -Force
            Connect-Wink -AccessToken `$token -ApiUri '$($sandbox.$Scheme)' -IamUri '$($sandbox.$Scheme)' $through
            Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:`$false -ErrorVariable failed -ErrorAction SilentlyContinue
            `$failed.FullyQualifiedErrorId
"@

        $id = $Readable ? 'RotationNotConfirmed' : 'RotationOutcomeUnknown'
        $text.Trim() | Should -Be "$id,Wink.PowerShell.InvokeWinkCredentialRotationCommand"
        $rotations = @(Get-SandboxRequest -Sandbox $sandbox -Operation Rotation)
        $rotations | Should -HaveCount 1
        $rotations[0].scheme | Should -Be $Scheme
        @(Get-SandboxRequest -Sandbox $sandbox).Where{ $_.connectionId -eq $rotations[0].connectionId } | Should -HaveCount 1
        if ($Proxy) { Get-SandboxTunnel -Sandbox $sandbox | Should -BeLike 'CONNECT *' }
    }

    It 'sees it four times from Invoke-RestMethod' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; close = $true; moment = 'AfterActing' }

        $headers = @{ Authorization = "Bearer $token"; Accept = 'application/json'; 'Wink-Version' = '2.0' }
        { Invoke-RestMethod "$($sandbox.Http)api/managing-entity/travel-tech/application/booking-engine/revoke" -Headers $headers } | Should -Throw

        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -HaveCount 4
    }
}
