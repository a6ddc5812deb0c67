BeforeDiscovery {
    # How a test has a process trust the sandbox's authority; other systems keep their trust elsewhere, where a test has no business.
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
    $token = New-SandboxToken $sandbox account.read, account.write
    $null = New-SandboxApplication $sandbox travel-tech booking-engine -Name 'Booking engine' -Scope account.read
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'A server that reads the rotation and closes the connection without a response' {
    BeforeEach { Reset-Sandbox $sandbox }

    It 'sees it once over <Way>, on a connection of its own, where the application can be read: <Readable>' -ForEach $cases {
        if (-not $Readable) { Add-SandboxFault $sandbox @{ operation = 'Application'; close = $true } }
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; close = $true }
        $through = if ($Proxy) { $sandbox.Proxy }

        $text = Invoke-FreshPwsh -Environment $trusting {
            param($Module, $Token, $Uri, $Proxy)
            Import-Module $Module
            $with = $Proxy ? @{ Proxy = $Proxy } : @{}
            Connect-Wink -AccessToken (ConvertTo-SecureString $Token -AsPlainText -Force) -ApiUri $Uri -IamUri $Uri @with
            Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false -ErrorVariable failed -ErrorAction SilentlyContinue
            $failed.FullyQualifiedErrorId
        } (Get-BuiltModule), $token, $sandbox.$Scheme, $through

        $id = $Readable ? 'RotationNotConfirmed' : 'RotationOutcomeUnknown'
        $text.Trim() | Should -Be "$id,Wink.PowerShell.InvokeWinkCredentialRotationCommand"
        $rotations = @(Get-SandboxRequest $sandbox Rotation)
        $rotations | Should -HaveCount 1
        $rotations[0].scheme | Should -Be $Scheme
        @(Get-SandboxRequest $sandbox).Where{ $_.connectionId -eq $rotations[0].connectionId } | Should -HaveCount 1
        if ($Proxy) { Get-SandboxTunnel $sandbox | Should -BeLike 'CONNECT *' }
    }

    It 'sees it four times from Invoke-RestMethod' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; close = $true; moment = 'AfterActing' }

        $headers = @{ Authorization = "Bearer $token"; Accept = 'application/json'; 'Wink-Version' = '2.0' }
        $uri = "$($sandbox.Http)api/managing-entity/travel-tech/application/booking-engine/revoke"
        { Invoke-RestMethod $uri -Headers $headers } | Should -Throw

        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 4
    }
}
