BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
    New-SandboxManagingEntity $sandbox travel-tech -Name 'Travel Tech' -Type TRAVEL_AGENT
    New-SandboxManagingEntity $sandbox getaway -Name 'Getaway Resort' -Type HOTEL
    New-SandboxManagingEntity $sandbox empty -Name 'Nothing here' -Type HOTEL
    $null = New-SandboxApplication $sandbox travel-tech reports -Name Reports -Scope account.read
    $null = New-SandboxApplication $sandbox getaway booking-widget -Name 'Booking widget' -Scope account.read
    New-SandboxManagingEntity $sandbox crowded -Name Crowded
    New-SandboxApplicationList $sandbox crowded -Count 10000
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'From managing entities to a rotation' {
    BeforeEach {
        $booking = New-SandboxApplication $sandbox travel-tech booking-engine -Name 'Booking engine' -Scope account.read
        Connect-Sandbox $sandbox
        Reset-Sandbox $sandbox
    }

    It 'reads like a sentence, and its -WhatIf text lets a careful person decide' {
        $text = Invoke-FreshPwsh -ConnectedTo $sandbox {
            Get-WinkManagingEntity | Get-WinkApplication -Name 'Booking*' | Invoke-WinkCredentialRotation -WhatIf
        }

        $lines = @($text -split '\r?\n' -like 'What if:*')
        $lines | Should -HaveCount 2
        $parts = "'Booking engine' (booking-engine)", 'travel-tech', $booking.clientId, 'stop working immediately',
            "Custom ($($sandbox.Http.Authority))"
        foreach ($part in $parts) {
            $lines[0] | Should -BeLike "*$part*"
        }
        $lines[1] | Should -BeLike "*'Booking widget' (booking-widget) of managing entity getaway*"
        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }

    It 'does not read an application again that was read just now<Also>' -ForEach @(
        @{ Also = ''; With = { @{} } }
        @{ Also = ', also for -ExpectedClientId'; With = { @{ ExpectedClientId = $booking.clientId } } }
    ) {
        $arguments = & $With

        $rotation = Get-WinkApplication 'Booking*' -ManagingEntityId travel-tech |
            Invoke-WinkCredentialRotation @arguments -Confirm:$false

        $rotation.PreviousClientId | Should -Be $booking.clientId
        $rotation.ApplicationName | Should -Be 'Booking engine'
        (Get-SandboxRequest $sandbox).operation | Should -Be Applications, Rotation
    }

    It 'reads it again: <Why>' -ForEach @(
        @{ Why = 'over another connection'; With = { @{ Connection = Connect-Sandbox $sandbox @{ PassThru = $true } } } }
        @{ Why = 'where another application is named'; With = { @{ ApplicationId = 'reports' } } }
    ) {
        $application = Get-WinkApplication -ManagingEntityId travel-tech -ApplicationId booking-engine
        $arguments = & $With
        Reset-Sandbox $sandbox

        $rotation = $application | Invoke-WinkCredentialRotation @arguments -Confirm:$false

        @(Get-SandboxRequest $sandbox Application).Count | Should -Be 1
        $rotation.ApplicationId | Should -Be ($arguments.ApplicationId ?? 'booking-engine')
    }

    It 'reads it again when the description is old' {
        $application = Get-WinkApplication -ManagingEntityId travel-tech -ApplicationId booking-engine
        # More than five seconds.
        $property = [Wink.PowerShell.WinkApplication].GetProperty('Description', [Reflection.BindingFlags] 'NonPublic, Instance')
        $description = $property.GetValue($application)
        $then = [Diagnostics.Stopwatch]::GetTimestamp() - 6 * [Diagnostics.Stopwatch]::Frequency
        $description.GetType().GetProperty('ReadAt').SetValue($description, $then)
        Reset-Sandbox $sandbox

        $null = $application | Invoke-WinkCredentialRotation -Confirm:$false

        (Get-SandboxRequest $sandbox).operation | Should -Be Application, Rotation
    }

    It 'does not mistake a managing entity for an application' {
        { Get-WinkManagingEntity -Type HOTEL | Invoke-WinkCredentialRotation -Confirm:$false -ErrorAction Stop } | Should -Throw

        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }
}

Describe 'Get-WinkManagingEntity' {
    BeforeEach {
        Connect-Sandbox $sandbox
        Reset-Sandbox $sandbox
    }

    It 'lists what the signed-in application may see' {
        $entity = Get-WinkManagingEntity | Where-Object Id -EQ travel-tech
        $entity.Name, $entity.Type, $entity.Status | Should -Be 'Travel Tech', TRAVEL_AGENT, ACTIVE
    }

    It 'has Wink choose by -Type' {
        (Get-WinkManagingEntity -Type HOTEL).Id | Should -Be getaway, empty
        (Get-SandboxRequest $sandbox).target | Should -Be '/api/managing-entity/list?type=HOTEL'
    }

    It 'tells in one sentence why it could not read: <Status>' -ForEach @(
        @{ Status = 401; Category = 'AuthenticationError' }
        @{ Status = 403; Category = 'PermissionDenied' }
        @{ Status = 503; Category = 'ResourceUnavailable' }
    ) {
        Add-SandboxFault $sandbox @{
            operation = 'ManagingEntities'; status = $Status; contentType = 'application/problem+json'; body = '{"detail":"what Wink says"}'
        }

        Get-WinkManagingEntity -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty

        $failed[0].FullyQualifiedErrorId | Should -Be 'NotRead,Wink.PowerShell.GetWinkManagingEntityCommand'
        $failed[0].CategoryInfo.Category | Should -Be $Category
        "$($failed[0])" | Should -BeLike '*managing entities could not be read*what Wink says*'
        ($failed[0] -split "`n", 2)[1] | Should -Not -BeNullOrEmpty
    }
}

Describe 'Get-WinkManagingEntity by name and id' {
    BeforeAll {
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox
    }

    It 'finds <Arguments>' -ForEach @(
        @{ Arguments = @{ Name = 'travel*' }; Found = 'travel-tech' }
        @{ Arguments = @{ ManagingEntityId = 'GETAWAY', 'travel-tech' }; Found = 'getaway', 'travel-tech' }
        @{ Arguments = @{ Name = 'Nowhere*' }; Found = $null }
    ) {
        (Get-WinkManagingEntity @Arguments).Id | Sort-Object | Should -Be $Found
    }

    It 'says what it did not find: <Arguments>' -ForEach @(
        @{ Arguments = @{ Name = 'travel' }; Says = "This connection sees no managing entity with the name 'travel'.*'[*]travel[*]'*" }
        @{ Arguments = @{ ManagingEntityId = 'nowhere' }; Says = "This connection sees no managing entity with the id 'nowhere'.*" }
        @{
            Arguments = @{ Name = 'Travel Tech'; ManagingEntityId = 'nowhere' }
            Says      = "This connection sees no managing entity with the id 'nowhere'.*"
        }
        @{
            Arguments = @{ Name = 'Travel Tech'; Type = 'HOTEL' }
            Says      = "This connection sees no managing entity of the type HOTEL with the name 'Travel Tech'.*"
        }
    ) {
        Get-WinkManagingEntity @Arguments -ErrorAction SilentlyContinue -ErrorVariable failed

        "$failed" | Should -BeLike $Says
        $failed.FullyQualifiedErrorId | Should -Be 'ManagingEntityNotFound,Wink.PowerShell.GetWinkManagingEntityCommand'
    }
}

Describe 'Get-WinkApplication' {
    BeforeEach {
        $null = New-SandboxApplication $sandbox travel-tech booking-engine -Name 'Booking engine' -Scope account.read
        Connect-Sandbox $sandbox
        Reset-Sandbox $sandbox
    }

    It 'reads one by its id' {
        (Get-WinkApplication -ManagingEntityId travel-tech -ApplicationId booking-engine).Name | Should -Be 'Booking engine'
        (Get-SandboxRequest $sandbox).operation | Should -Be Application
    }

    It 'finds names by wildcards, whatever their case: <Name>' -ForEach @(
        @{ Name = 'booking*'; Found = 'booking-engine' }
        @{ Name = 'R?ports', 'Booking [a-f]*'; Found = 'booking-engine', 'reports' }
        @{ Name = 'book*', 'Nothing*'; Found = 'booking-engine' }
        @{ Name = 'Nothing*'; Found = $null }
    ) {
        (Get-WinkApplication -ManagingEntityId travel-tech -Name $Name).ApplicationId | Sort-Object | Should -Be $Found
    }

    It 'finds by name over all managing entities, each application once' {
        $null = New-SandboxApplication $sandbox getaway booking-desk -Name 'Booking desk' -Scope account.read
        $both = '[{"id":"SHARED","name":"Booking shared"}]', '[{"id":"shared","name":"Booking shared"},{"id":"one","name":"Booking one"}]'
        foreach ($body in $both) {
            Add-SandboxFault $sandbox @{
                operation = 'Applications'; status = 200; contentType = 'application/json'; body = $body; times = 1
            }
        }

        (Get-WinkApplication 'Booking*').ApplicationId | Should -Be SHARED, one
        (Get-SandboxRequest $sandbox).operation[0] | Should -Be ManagingEntities
    }

    It 'finds by id over all managing entities, and reads on no longer than it needs' {
        (Get-WinkApplication -ApplicationId BOOKING-ENGINE).Name | Should -Be 'Booking engine'
        $found = Get-WinkApplication -ApplicationId nowhere, booking-engine -ErrorAction SilentlyContinue -ErrorVariable failed

        $found.ApplicationId | Should -Be booking-engine
        $failed.FullyQualifiedErrorId | Should -Be 'ApplicationNotFound,Wink.PowerShell.GetWinkApplicationCommand'
        $failed.TargetObject | Should -Be nowhere
    }

    It 'says what it did not find: <Arguments>' -ForEach @(
        @{ Arguments = @{ Name = 'booking', 'R*' }; Says = "This connection sees no application with the name 'booking'.*'[*]booking[*]'*" }
        @{ Arguments = @{ Name = 'travel-tech' }; Says = '*For the applications of a managing entity, give its id with -ManagingEntityId.' }
        @{
            Arguments = @{ Name = 'Booking engine'; ManagingEntityId = 'getaway' }
            Says      = "No managing entity that was given has an application with the name 'Booking engine'.*"
        }
        @{
            Arguments = @{ Name = 'Reports'; ApplicationId = 'booking-engine' }
            Says      = "There is no application among the given ids with the name 'Reports'.*"
        }
        @{ Arguments = @{ ApplicationId = 'Booking*' }; Says = "*no application with the id 'Booking[*]'.*-Name 'Booking[*]'*" }
        @{
            Arguments = @{ ManagingEntityId = 'travel-tech'; ApplicationId = 'Booking*' }
            Says      = "'Booking[*]' is not an id*To search by name, use Get-WinkApplication -Name 'Booking[*]'."
        }
    ) {
        $null = Get-WinkApplication @Arguments -ErrorAction SilentlyContinue -ErrorVariable failed

        $failed | Should -HaveCount 1
        "$failed" -replace '\n', ' ' | Should -BeLike $Says
        $failed.CategoryInfo.Category | Should -Be ObjectNotFound
    }

    It 'looks for an id in all managing entities that are piped to it' {
        $found = Get-WinkManagingEntity | Get-WinkApplication -ApplicationId booking-engine, nowhere -ErrorAction SilentlyContinue `
            -ErrorVariable failed

        $found.ApplicationId | Should -Be booking-engine
        $failed | Should -HaveCount 1
        "$failed" | Should -BeLike "No managing entity that was given has an application with the id 'nowhere'.*"
    }

    It 'leaves out what has no usable id, and does not say then what is missing' {
        Add-SandboxFault $sandbox @{
            operation = 'Applications'; status = 200; contentType = 'application/json'; body = '[{"name":"No id"}, {"id":"one"}]'
        }

        $read = Get-WinkApplication 'One', 'No id' -ManagingEntityId travel-tech -WarningVariable warned -ErrorVariable failed `
            -WarningAction SilentlyContinue

        $read | Should -BeNullOrEmpty
        $failed | Should -BeNullOrEmpty
        "$warned" | Should -BeLike "Application 'No id' was left out, since its id cannot be used: ''."
    }

    It 'does not take a description without an id for that of the application' {
        Add-SandboxFault $sandbox @{ operation = 'Application'; status = 200; contentType = 'application/json'; body = '{}' }

        { Get-WinkApplication -ManagingEntityId travel-tech -ApplicationId booking-engine -ErrorAction Stop } |
            Should -Throw '*its response names no application*'
    }

    It 'does not say so where it could not read all' {
        Add-SandboxFault $sandbox @{ operation = 'Applications'; status = 500; times = 1 }

        Get-WinkApplication 'Booking engine', Missing -ErrorAction SilentlyContinue -ErrorVariable failed

        $failed.FullyQualifiedErrorId | Should -BeLike 'NotRead,*'
    }

    It 'reads an application that is piped in anew' {
        $application = Get-WinkApplication -ManagingEntityId travel-tech -ApplicationId booking-engine
        $now = New-SandboxApplication $sandbox travel-tech booking-engine -Name Renamed -Scope account.read

        $read = $application | Get-WinkApplication

        $read.Name | Should -Be Renamed
        $read.ClientId | Should -Be $now.clientId
    }

    It 'goes on with the next managing entity when one cannot be read' {
        $csv = 'ManagingEntityId', 'a/b', 'travel-tech' | ConvertFrom-Csv

        ($csv | Get-WinkApplication -Name Reports -ErrorAction SilentlyContinue -ErrorVariable failed).ApplicationId | Should -Be reports

        $failed.FullyQualifiedErrorId | Should -Be 'InvalidArgument,Wink.PowerShell.GetWinkApplicationCommand'
    }

    It 'says which application is not there' {
        Get-WinkApplication -ManagingEntityId travel-tech -ApplicationId missing -ErrorAction SilentlyContinue -ErrorVariable failed

        "$($failed[0])" | Should -BeLike '*application missing of managing entity travel-tech*404*There is no application missing*'
        $failed[0].FullyQualifiedErrorId | Should -Be 'ApplicationNotFound,Wink.PowerShell.GetWinkApplicationCommand'
        $failed[0].CategoryInfo.Category | Should -Be ObjectNotFound
    }

    It 'tells of a list that ends too early, after what arrived' {
        Add-SandboxFault $sandbox @{
            operation = 'Applications'; status = 200; contentType = 'application/json'; body = '[{"id":"one"},{"id":"two"},{"id":'
        }

        $read = Get-WinkApplication -ManagingEntityId travel-tech -ErrorAction SilentlyContinue -ErrorVariable failed

        $read.ApplicationId | Should -Be one, two
        $failed.FullyQualifiedErrorId | Should -BeLike 'NotRead,*'
    }

    It 'tolerates what the contract does not promise' {
        Add-SandboxFault $sandbox @{
            operation = 'Applications'; status = 200; contentType = 'application/json'
            body = @'
                [null, {"id":"bare"}, {"id":"nulls","name":null,"scopes":null,"redirectUris":["https://a.example",null]},
                {"id":"more","new":{"x":[1]},"scopes":["account.read"]}]
'@
        }

        $bare, $nulls, $more = Get-WinkApplication -ManagingEntityId travel-tech

        $bare.Name, $bare.ClientId | Should -Be $null, $null
        $bare.Scopes.Count, $nulls.Scopes.Count | Should -Be 0, 0
        $nulls.RedirectUris | Should -Be https://a.example
        $more.Scopes | Should -Be account.read
    }

    It 'streams 10,000 applications' {
        (Get-WinkApplication -ManagingEntityId crowded).Count | Should -Be 10000
    }

    It 'hands on what arrived while the rest is still to come, and Select-Object -First ends it at once' {
        Add-SandboxFault $sandbox @{
            operation = 'Applications'; status = 200; contentType = 'application/json'; stall = $true; body = '[{"id":"one"},{"id":"two"},'
        }
        $clock = [Diagnostics.Stopwatch]::StartNew()

        (Get-WinkApplication -ManagingEntityId travel-tech | Select-Object -First 1).ApplicationId | Should -Be one

        # The server never ends its response; only -TimeoutSec (100 s) would.
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 20
    }

    It 'needs a connection' {
        Disconnect-Wink
        { Get-WinkApplication -ManagingEntityId travel-tech } |
            Should -Throw '*not connected*' -ErrorId 'NotConnected,Wink.PowerShell.GetWinkApplicationCommand'
    }
}
