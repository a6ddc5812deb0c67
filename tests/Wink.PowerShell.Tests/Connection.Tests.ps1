BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $module = Get-BuiltModule
    $sandbox = Start-Sandbox
    $other = Start-Sandbox
    foreach ($tenant in @{ At = $sandbox; Name = 'north' }, @{ At = $other; Name = 'south' }) {
        New-SandboxManagingEntity $tenant.At travel-tech -Name $tenant.Name
        foreach ($number in 0..7) {
            $null = New-SandboxApplication $tenant.At travel-tech "application-$number" -Name $tenant.Name -Scope account.read
        }
    }
}

AfterAll {
    Stop-Sandbox $sandbox
    Stop-Sandbox $other
}

Describe 'Connections' {
    BeforeEach {
        Reset-Sandbox $sandbox
        Reset-Sandbox $other
        Connect-Sandbox $sandbox
        $wink = Get-WinkConnection
    }

    It 'of runspaces that are connected to two tenants never see each other, in 1,000 mixed calls' {
        # Connect-Sandbox makes the operator anew; a tenant's runspaces sign in with the same credentials.
        $tenants = @(
            @{ Name = 'north'; Http = $sandbox.Http; Operator = New-Operator $sandbox }
            @{ Name = 'south'; Http = $other.Http; Operator = New-Operator $other }
        )

        # A runspace of its own each: a busy machine may have one end before the last one begins.
        $seen = 0..7 | ForEach-Object -ThrottleLimit 8 -UseNewRunspace -Parallel {
            Import-Module $using:module
            $ErrorActionPreference = 'Stop'
            $tenant = ($using:tenants)[$_ % 2]
            Connect-Wink -Credential $tenant.Operator -ApiUri $tenant.Http -IamUri $tenant.Http
            foreach ($turn in 1..25) {
                $calls = @(
                    (Get-WinkManagingEntity).Name
                    (Get-WinkApplication -ManagingEntityId travel-tech -Name 'north*', 'south*').Name | Select-Object -Unique
                    if ((Get-WinkConnection).ApiUri -eq $tenant.Http) { $tenant.Name }
                    (Invoke-WinkCredentialRotation travel-tech "application-$_" -Confirm:$false).ApplicationName
                    $history = @(Get-WinkCredentialRotation)
                    if ($history[-1].ApplicationId -eq "application-$_" -and $history.Count -eq $turn) { $tenant.Name }
                )
                foreach ($call in $calls) { [pscustomobject]@{ Tenant = $tenant.Name; Saw = $call } }
            }
        }

        $seen | Should -HaveCount 1000
        $seen | Where-Object { $_.Tenant -ne $_.Saw } | Should -BeNullOrEmpty
        foreach ($at in $sandbox, $other) {
            Get-SandboxRequest $at Rotation | Should -HaveCount 100
            # The connection of this test itself, and one for each of four runspaces.
            @(Get-SandboxRequest $at Token).Count | Should -BeLessOrEqual 5
        }
    }

    It 'are shared by $using: with <Where>, and renew their token once, however many ask' -ForEach @(
        @{ Where = 'ForEach-Object -Parallel'; Run = {
                1..16 | ForEach-Object -ThrottleLimit 16 -Parallel {
                    Import-Module $using:module
                    (Get-WinkApplication -ManagingEntityId travel-tech -ApplicationId application-1 -Connection $using:wink).Name
                }
            }
        }
        @{ Where = 'Start-ThreadJob'; Run = {
                1..16 | ForEach-Object {
                    Start-ThreadJob -ThrottleLimit 16 {
                        Import-Module $using:module
                        (Get-WinkApplication -ManagingEntityId travel-tech -ApplicationId application-1 -Connection $using:wink).Name
                    }
                } | Receive-Job -Wait -AutoRemoveJob
            }
        }
    ) {
        foreach ($expiry in 1..3) {
            Clear-SandboxToken $sandbox
            Reset-Sandbox $sandbox

            & $Run | Should -Be (@('north') * 16)

            Get-SandboxRequest $sandbox Token | Should -HaveCount 1
        }
    }

    It 'are ended one by one' {
        Connect-Sandbox $other
        $second = Get-WinkConnection

        $wink | Disconnect-Wink

        (Get-WinkManagingEntity).Name | Should -Be south
        Get-WinkConnection | Should -Be $second
        Get-SandboxRequest $sandbox TokenRevocation | Should -HaveCount 1
        Get-SandboxRequest $other TokenRevocation | Should -BeNullOrEmpty
        { Get-WinkManagingEntity -Connection $wink } |
            Should -Throw '*ended by Disconnect-Wink*' -ErrorId 'NotConnected,Wink.PowerShell.GetWinkManagingEntityCommand'
    }

    It 'cannot be used from another process, and the error says what can' {
        # What Start-Job and remoting make of an object.
        $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($wink))

        foreach ($cmdlet in 'Get-WinkManagingEntity', 'Disconnect-Wink', 'Get-WinkCredentialRotation') {
            $said = try { & $cmdlet -Connection $copy } catch { "$_" }
            $said | Should -BeLike '*made in another process*Connect-Wink in the job*Start-ThreadJob*'
        }
    }

    It 'that are only described, as for a Mock, cannot send' {
        $described = [Wink.PowerShell.WinkConnection]::new(
            'Staging', 'https://api.example', 'https://iam.example', 'made-up-id', @('account.read'), [DateTime]::UtcNow)

        { Get-WinkManagingEntity -Connection $described } | Should -Throw '*only a description*'
    }

    It 'is not the current one where a script gives none by mistake' {
        { Get-WinkManagingEntity -Connection $null } | Should -Throw "*parameter 'Connection'*null*"
        { Get-WinkCredentialRotation -Connection $null } | Should -Throw "*parameter 'Connection'*null*"
        { Disconnect-Wink -Connection $null } | Should -Throw "*parameter 'Connection'*null*"
    }
}

Describe 'Disconnect-Wink' {
    BeforeEach {
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox
    }

    It 'says nothing, has the token revoked, and leaves no connection' {
        $null = Get-WinkManagingEntity
        $token = (Get-SandboxRequest $sandbox ManagingEntities).headers.Authorization
        $call = @{
            Uri = [uri]::new($sandbox.Http, '/api/managing-entity/list'); NoProxy = $true; SkipHttpErrorCheck = $true
            Headers = @{ Accept = 'application/json'; 'Wink-Version' = '2.0'; Authorization = "$token" }
        }
        (Invoke-WebRequest @call).StatusCode | Should -Be 200

        Disconnect-Wink | Should -BeNullOrEmpty

        Get-WinkConnection | Should -BeNullOrEmpty
        (Invoke-WebRequest @call).StatusCode | Should -Be 401
    }

    It 'ends the connection also when IAM cannot be reached, and says so on the verbose stream alone' {
        Add-SandboxFault $sandbox @{ operation = 'TokenRevocation'; close = $true }
        $ended = Get-WinkConnection

        $said = Disconnect-Wink -Verbose -ErrorAction Stop 4>&1

        "$said" | Should -BeLike '*is ended, but its access token could not be revoked*'
        { Get-WinkManagingEntity -Connection $ended } | Should -Throw '*ended by Disconnect-Wink*'
    }

    It 'does nothing, without an error, where there is no connection' {
        Disconnect-Wink
        $Error.Clear()

        Disconnect-Wink | Should -BeNullOrEmpty

        $Error | Should -BeNullOrEmpty
    }

    It 'leaves the history of what was rotated, and so does signing in again' {
        $rotation = Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false

        Disconnect-Wink

        (Get-WinkCredentialRotation)[-1].ClientId | Should -Be $rotation.ClientId
        Connect-Sandbox $sandbox
        (Get-WinkCredentialRotation)[-1].ClientId | Should -Be $rotation.ClientId
    }
}
