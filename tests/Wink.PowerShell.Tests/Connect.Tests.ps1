BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
    $operator = New-Operator $sandbox
    $where = @{ ApiUri = $sandbox.Http; IamUri = $sandbox.Http }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'Connect-Wink' {
    BeforeEach { Reset-Sandbox $sandbox }

    It 'says nothing, and connects the runspace' {
        Connect-Wink -Credential $operator @where | Should -BeNullOrEmpty

        $connection = Get-WinkConnection
        $connection.ClientId | Should -Be $operator.UserName
        $connection.Environment | Should -Be Custom
        $connection.ApiUri | Should -Be $sandbox.Http
        $connection.Scopes | Should -Be account.read, account.write
        $connection.TokenExpiresAt | Should -BeGreaterThan ([DateTime]::UtcNow.AddMinutes(50))
    }

    It 'asks for the scopes that it is told' {
        (Connect-Wink -Credential $operator @where -Scope account.read -PassThru).Scopes | Should -Be account.read
    }

    It 'takes the credentials from the environment variables <Id> and <Secret>' -ForEach @(
        @{ Id = 'WINK_CLIENT_ID'; Secret = 'WINK_CLIENT_SECRET' }
        # Those of Wink's own SDK.
        @{ Id = 'WINK_TRAVEL_CLIENT_ID'; Secret = 'WINK_TRAVEL_CLIENT_SECRET' }
    ) {
        $environment = @{ $Id = $operator.UserName; $Secret = $operator.GetNetworkCredential().Password }

        $text = Invoke-FreshPwsh -Environment $environment {
            param($Module, $Uri)
            Import-Module $Module
            (Connect-Wink -EnvironmentVariable -ApiUri $Uri -IamUri $Uri -PassThru).ClientId
        } (Get-BuiltModule), $sandbox.Http

        $text.Trim() | Should -Be $operator.UserName
    }

    It 'does not mix variables of two applications' {
        $environment = @{ WINK_CLIENT_ID = $operator.UserName; WINK_TRAVEL_CLIENT_SECRET = $operator.GetNetworkCredential().Password }

        $text = Invoke-FreshPwsh -Environment $environment {
            param($Module, $Uri)
            Import-Module $Module
            try { Connect-Wink -EnvironmentVariable -ApiUri $Uri -IamUri $Uri } catch { "$_" }
        } (Get-BuiltModule), $sandbox.Http

        $text | Should -BeLike '*needs both WINK_CLIENT_ID and WINK_CLIENT_SECRET*'
    }

    It 'says which variables are missing' {
        { Connect-Wink -EnvironmentVariable @where } | Should -Throw '*WINK_CLIENT_ID*WINK_CLIENT_SECRET*'
    }

    It 'takes an access token as it is, and cannot renew it' {
        $token = New-SandboxToken $sandbox account.read, account.write
        Connect-Wink -AccessToken (ConvertTo-SecureString $token -AsPlainText -Force) @where
        Get-SandboxRequest $sandbox | Should -BeNullOrEmpty
        (Get-WinkConnection).ClientId | Should -BeNullOrEmpty

        Clear-SandboxToken $sandbox
        Invoke-WinkCredentialRotation travel-tech operations -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable failed

        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RotationRejected,*'
        ($failed[0] -split "`n", 2)[1] | Should -BeLike '*Connect-Wink*'
        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
    }

    It 'refuses what cannot be an access token, such as one with a line break at its end' {
        { Connect-Wink -AccessToken (ConvertTo-SecureString "made-up-token`n" -AsPlainText -Force) @where } |
            Should -Throw '*line break*' -ErrorId 'InvalidArgument,Wink.PowerShell.ConnectWinkCommand'
    }

    It 'refuses a wrong secret at once' {
        { Connect-Wink -Credential (New-TestCredential $operator.UserName made-up-wrong-secret) @where } |
            Should -Throw "*refused client id $($operator.UserName)*" -ErrorId 'CredentialRefused,Wink.PowerShell.ConnectWinkCommand'
    }

    It 'names the scopes that are not granted' {
        { Connect-Wink -Credential $operator @where -Scope account.read, booking.write } |
            Should -Throw '*account.read booking.write*' -ErrorId 'ScopeNotGranted,Wink.PowerShell.ConnectWinkCommand'
    }

    It 'says that IAM is down' {
        { Connect-Wink -Credential $operator -ApiUri $sandbox.Http -IamUri http://127.0.0.1:9 } |
            Should -Throw 'No connection to http://127.0.0.1:9*' -ErrorId 'IamUnreachable,Wink.PowerShell.ConnectWinkCommand'
    }

    It 'waits for a silent IAM no longer than -TimeoutSec, and says that it may be asleep' {
        Add-SandboxFault $sandbox @{ operation = 'Token'; delayMs = 10000 }
        $failed = try { Connect-Wink -Credential $operator @where -TimeoutSec 1 } catch { $_ }
        $failed.CategoryInfo.Category | Should -Be OperationTimeout
        $failed.ErrorDetails.Message | Should -BeLike '*did not respond within 1 s*'
        ($failed -split "`n", 2)[1] | Should -BeLike '*TimeoutSec*'
    }

    It 'waits for an IAM that is waking up' {
        Add-SandboxFault $sandbox @{ operation = 'Token'; delayMs = 2000; times = 1 }
        (Connect-Wink -Credential $operator @where -TimeoutSec 100 -PassThru).ClientId | Should -Be $operator.UserName
    }

    It 'leaves no connection behind when it fails, so that a script which goes on cannot act over the old one' {
        Connect-Wink -Credential $operator @where
        { Connect-Wink -Credential (New-TestCredential nobody made-up-secret) @where } | Should -Throw
        Get-WinkConnection | Should -BeNullOrEmpty
    }

    It 'refuses <Api> with <Iam>' -ForEach @(
        @{ Api = 'http://wink.example'; Iam = 'https://wink.example'; Says = '*in the clear*' }
        @{ Api = 'https://wink.example'; Iam = 'http://wink.example'; Says = '*in the clear*' }
        @{ Api = 'https://wink.example'; Iam = $null; Says = '*go together*' }
        @{ Api = 'https://wink.example?x=1'; Iam = 'https://wink.example'; Says = '*query*' }
        @{ Api = 'wink.example'; Iam = 'https://wink.example'; Says = '*absolute*' }
    ) {
        $address = @{ ApiUri = $Api }
        if ($Iam) { $address.IamUri = $Iam }
        { Connect-Wink -Credential $operator @address } |
            Should -Throw $Says -ErrorId 'InvalidArgument,Wink.PowerShell.ConnectWinkCommand'
    }

    It 'knows <Name>' -ForEach @(
        @{ Name = 'Production'; Api = 'https://api.wink.travel/' }
        @{ Name = 'Staging'; Api = 'https://staging-api.wink.travel/' }
    ) {
        $token = ConvertTo-SecureString made-up-token -AsPlainText -Force
        (Connect-Wink -AccessToken $token -Environment $Name -PassThru).ApiUri | Should -Be $Api
    }
}
