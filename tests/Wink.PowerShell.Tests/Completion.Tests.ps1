BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
    New-SandboxManagingEntity $sandbox travel-tech -Name 'Travel Tech' -Type TRAVEL_AGENT
    New-SandboxManagingEntity $sandbox getaway -Name 'Getaway Resort' -Type HOTEL
    $booking = New-SandboxApplication $sandbox travel-tech booking-engine -Name 'Booking engine' -Scope account.read
    $reports = New-SandboxApplication $sandbox travel-tech reports -Name Reports -Scope account.read
    $null = New-SandboxApplication $sandbox getaway front-desk -Name 'Front desk [EU]' -Scope account.read

    function Complete {
        # What Tab offers at the end of the line.
        param([string] $Line)
        (TabExpansion2 $Line $Line.Length).CompletionMatches
    }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'Tab' {
    BeforeEach {
        # A new connection has read nothing yet.
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox
    }

    It 'completes <Line>' -ForEach @(
        @{ Line = 'Get-WinkApplication '; Offers = "'Booking engine'", "'Front desk ``[EU``]'", 'Operations', 'Reports' }
        @{ Line = 'Get-WinkApplication boo'; Offers = "'Booking engine'" }
        @{ Line = "Get-WinkApplication 'booking e"; Offers = "'Booking engine'" }
        @{ Line = 'Get-WinkApplication -ManagingEntityId getaway -Name '; Offers = "'Front desk ``[EU``]'" }
        @{ Line = 'Get-WinkApplication -ApplicationId Boo'; Offers = 'booking-engine' }
        @{ Line = 'Get-WinkApplication -ManagingEntityId tra'; Offers = 'travel-tech' }
        @{ Line = "Get-WinkApplication -ManagingEntityId 'Getaway R"; Offers = 'getaway' }
        @{ Line = 'Get-WinkManagingEntity '; Offers = "'Getaway Resort'", "'Travel Tech'" }
        @{ Line = 'Get-WinkManagingEntity -ManagingEntityId '; Offers = 'getaway', 'travel-tech' }
        @{ Line = 'Get-WinkManagingEntity -Type '; Offers = 'HOTEL', 'TRAVEL_AGENT' }
        @{ Line = 'Invoke-WinkCredentialRotation -ManagingEntityId '; Offers = 'getaway', 'travel-tech' }
        @{ Line = 'Invoke-WinkCredentialRotation travel-tech '; Offers = 'booking-engine', 'operations', 'reports' }
        @{ Line = 'Invoke-WinkCredentialRotation -ManagingEntityId travel-tech -ApplicationId Boo'; Offers = 'booking-engine' }
        @{ Line = 'Connect-Wink -Environment S'; Offers = 'Staging' }
        @{ Line = 'Connect-Wink -Scope account.r'; Offers = 'account.read', 'account.remove' }
        @{ Line = 'Connect-Wink -Scope account.read, booking.w'; Offers = 'booking.write' }
    ) {
        (Complete $Line).CompletionText | Should -Be $Offers
    }

    It 'lists what is typed first and then the name, and in the tooltip what else helps to choose' {
        $offer = Complete 'Invoke-WinkCredentialRotation travel-tech boo'

        $offer.ListItemText | Should -Be 'booking-engine (Booking engine)'
        $offer.ToolTip | Should -Be "Booking engine, $($booking.clientId)"
        (Complete 'Get-WinkApplication -ManagingEntityId get').ToolTip | Should -BeLike 'Getaway Resort, HOTEL*'
    }

    It 'completes the client ID that an application has' {
        (Complete 'Invoke-WinkCredentialRotation travel-tech reports -ExpectedClientId ').CompletionText | Should -Be $reports.clientId
    }

    It 'completes a name to what finds it' {
        $completed = (Complete "Get-WinkApplication 'Front").CompletionText

        (Invoke-Expression "Get-WinkApplication $completed").ApplicationId | Should -Be front-desk
    }

    It 'asks for the applications of many managing entities only once one is given' {
        $many = 1..11 | ForEach-Object { @{ id = "entity-$_"; name = "Entity $_" } } | ConvertTo-Json
        Add-SandboxFault $sandbox @{ operation = 'ManagingEntities'; status = 200; contentType = 'application/json'; body = $many }

        Complete 'Get-WinkApplication -ApplicationId Boo' | Should -BeNullOrEmpty

        Get-SandboxRequest $sandbox Applications | Should -BeNullOrEmpty
    }

    It 'completes what was rotated over the connection' {
        $null = Invoke-WinkCredentialRotation travel-tech reports -Confirm:$false

        (Complete 'Get-WinkCredentialRotation ').CompletionText | Should -Contain reports
    }

    It 'asks over the connection that the line names' {
        $Global:named = Get-WinkConnection
        try {
            { Connect-Wink (New-TestCredential nobody made-up-secret) -ApiUri $sandbox.Http -IamUri $sandbox.Http } | Should -Throw

            (Complete 'Get-WinkApplication -Connection $named -ManagingEntityId ').CompletionText | Should -Be getaway, travel-tech
        }
        finally {
            Remove-Variable named -Scope Global
        }
    }

    It 'reads a list once for many tabs' {
        foreach ($word in '', 't', 'tr') { $null = Complete "Get-WinkApplication -ManagingEntityId $word" }

        Get-SandboxRequest $sandbox ManagingEntities | Should -HaveCount 1
    }

    It 'waits two seconds for a slow Wink, and has the list at a later Tab' {
        Add-SandboxFault $sandbox @{ operation = 'ManagingEntities'; delayMs = 4000 }
        $clock = [Diagnostics.Stopwatch]::StartNew()

        Complete 'Get-WinkApplication -ManagingEntityId trav' | Should -BeNullOrEmpty

        $clock.Elapsed.TotalSeconds | Should -BeGreaterThan 1.9
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 3.5
        while (-not ($offer = Complete 'Get-WinkApplication -ManagingEntityId trav')) {
            if ($clock.Elapsed.TotalSeconds -gt 30) { throw 'It never came.' }
        }
        $offer.CompletionText | Should -Be travel-tech
        Get-SandboxRequest $sandbox ManagingEntities | Should -HaveCount 1
    }

    It 'is silent when <What>' -ForEach @(
        @{ What = 'Wink is down'; Fault = @{ close = $true } }
        @{ What = 'Wink refuses'; Fault = @{ status = 403; body = '<html>no</html>' } }
        @{ What = 'Wink talks nonsense'; Fault = @{ status = 200; contentType = 'application/json'; body = '{"no":"list"' } }
    ) {
        Add-SandboxFault $sandbox (@{ operation = 'ManagingEntities' } + $Fault)
        $Error.Clear()

        Complete 'Get-WinkApplication -ManagingEntityId trav' | Should -BeNullOrEmpty

        $Error | Should -BeNullOrEmpty
        # A failure is not cached.
        Reset-Sandbox $sandbox
        (Complete 'Get-WinkApplication -ManagingEntityId trav').CompletionText | Should -Be travel-tech
    }

    It 'is silent when the server has gone' {
        $stopped = Start-Sandbox
        try { Connect-Sandbox $stopped } finally { Stop-Sandbox $stopped }
        $Error.Clear()

        Complete 'Get-WinkApplication -ManagingEntityId trav' | Should -BeNullOrEmpty

        $Error | Should -BeNullOrEmpty
    }

    It 'is silent without a connection' {
        Disconnect-Wink
        $Error.Clear()

        Complete 'Get-WinkApplication -ManagingEntityId trav' | Should -BeNullOrEmpty

        $Error | Should -BeNullOrEmpty
    }

    It 'offers nothing that the cmdlets would refuse or that has control characters' {
        Add-SandboxFault $sandbox @{
            operation = 'ManagingEntities'; status = 200; contentType = 'application/json'
            body = @'
                [{"id":"x; Remove-Item y","name":"Unsafe"},{"id":"../up","name":"Up"},{"name":"No id"},
                {"id":"good","name":"\u001b[31mRed\u0007\nline"}]
'@
        }

        $offer = Complete 'Get-WinkApplication -ManagingEntityId '

        $offer.CompletionText | Should -Be good
        "$($offer.ListItemText)$($offer.ToolTip)" | Should -Not -Match '\p{C}'
    }
}
