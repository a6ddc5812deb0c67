BeforeDiscovery {
    $types = 'WinkConnection', 'WinkManagingEntity', 'WinkApplication', 'CredentialRotation' | ForEach-Object { @{ Type = $_ } }
}

BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $rendering, $PSStyle.OutputRendering = $PSStyle.OutputRendering, 'PlainText'
    $sandbox = Start-Sandbox

    $at = [DateTime]::new(2026, 11, 25, 17, 40, 7, [DateTimeKind]::Utc)
    $id = '1b0c2b0e-6d0f-4c57-9a53-5a3d0f4f7f21'
    $clientId = '8c1d5e7a-0b2f-4d3c-a1e6-9f7b3c5d2e10'
    $secret = 'made-up-secret-of-a-test'
    $scopes = 'account.read', 'account.write'
    $samples = @{
        WinkConnection     = [Wink.PowerShell.WinkConnection]::new(
            'Staging', 'https://api.example', 'https://iam.example', $clientId, $scopes, $at, $at.AddHours(1))
        WinkManagingEntity = [Wink.PowerShell.WinkManagingEntity]::new($id, 'Grand Hotel by the Sea', 'HOTEL', 'ACTIVE')
        WinkApplication    = [Wink.PowerShell.WinkApplication]::new(
            'travel-tech', $id, 'Booking engine of the Grand Hotel', $clientId, $scopes)
        CredentialRotation = [Wink.PowerShell.CredentialRotation]::new(
            $id, 'travel-tech', (New-TestCredential $clientId $secret), $at, 'Booking engine of the Grand Hotel', 'client-old', $true)
    }

    function Show ($Value, [int] $Width = 120) { ($Value | Out-String -Width $Width) -split '\r?\n' | ForEach-Object TrimEnd }
}

AfterAll {
    $PSStyle.OutputRendering = $rendering
    Stop-Sandbox $sandbox
}

Describe 'A <Type>' -ForEach $types {
    It 'has a table and a list of our own' {
        $views = (Get-FormatData -TypeName "Wink.PowerShell.$Type").FormatViewDefinition.Control

        $views.Where{ $_ -is [Management.Automation.TableControl] } | Should -HaveCount 1
        $views.Where{ $_ -is [Management.Automation.ListControl] } | Should -HaveCount 1
    }

    It 'shows what fits into <Width> columns as a table, with ids and dates whole, and all of them where there is room' -ForEach @(
        @{ Width = 80; Columns = @{ WinkConnection = 3; WinkManagingEntity = 4; WinkApplication = 2; CredentialRotation = 3 } }
        @{ Width = 120; Columns = @{ WinkConnection = 4; WinkManagingEntity = 4; WinkApplication = 3; CredentialRotation = 4 } }
        @{ Width = 160; Columns = @{ WinkConnection = 4; WinkManagingEntity = 4; WinkApplication = 3; CredentialRotation = 5 } }
    ) {
        $sample = $samples[$Type]
        $views = (Get-FormatData -TypeName "Wink.PowerShell.$Type").FormatViewDefinition.Control
        $headers = $views.Where{ $_ -is [Management.Automation.TableControl] }.Headers.Label

        $shown = Show ($sample | Format-Table) $Width

        @($shown -match '^\w+( +\w+)+$' | Select-Object -First 1) -split ' +' | Should -Be $headers[0..($Columns[$Type] - 1)]
        if ($Type -ne 'WinkConnection') { "$shown" | Should -MatchExactly "\b$id\b" }
        if ($Columns[$Type] -gt 2 -and $sample.ClientId -and $headers.IndexOf('ClientId') -lt $Columns[$Type]) {
            "$shown" | Should -MatchExactly "\b$clientId\b"
        }
        if ("$shown" -match '\b2026-') { "$shown" | Should -Match '\b2026-11-25 1[78]:40:07Z' }
    }

    It 'has labels that are its properties' {
        $views = (Get-FormatData -TypeName "Wink.PowerShell.$Type").FormatViewDefinition.Control
        $list = $views.Where{ $_ -is [Management.Automation.ListControl] }.Entries.Items
        $labels = @($list.ForEach{ $_.Label ? $_.Label : $_.DisplayEntry.Value }) +
            $views.Where{ $_ -is [Management.Automation.TableControl] }.Headers.Label

        foreach ($label in $labels) { $samples[$Type].psobject.Properties.Name | Should -Contain $label }
    }

    It 'is of use as CSV and JSON: no column twice, lists as text, in JSON times with a zone' {
        $sample = $samples[$Type]
        $row = $sample | ConvertTo-Csv | ConvertFrom-Csv
        $names = $row.psobject.Properties.Name

        "$($row.psobject.Properties.Value)" | Should -Not -BeLike '*System.*String*'
        if ($names -contains 'ApplicationId') { $names | Should -Not -Contain 'Id' }
        if ($sample.Scopes) { $row.Scopes | Should -Be ($sample.Scopes -join ' ') }
        foreach ($time in $names -like '*At') { $sample | ConvertTo-Json | Should -Match "`"$time`": `"2026-\S+Z`"" }
        if ($sample.Scopes) { ($sample | ConvertTo-Json | ConvertFrom-Json).Scopes | Should -Be $sample.Scopes }
    }

    It 'shows no secret, however it is shown' {
        $sample = $samples[$Type]
        $shown = @(
            Show $sample
            Show ($sample | Format-Table *)
            Show ($sample | Format-List * -Force)
            Show ($sample | Format-Custom * -Depth 3)
            $sample | ConvertTo-Json -Depth 5 -WarningAction Ignore
            $sample | ConvertTo-Csv
            "$sample"
        )

        "$shown" | Should -Not -BeLike "*$secret*"
    }
}

Describe 'What is shown' {
    It 'of a connection: who, where and until when' {
        $shown = (Show $samples.WinkConnection) -join "`n"

        $shown | Should -Match 'Environment\s*: Staging \(api\.example\)'
        $shown | Should -Match "ClientId\s*: $clientId"
        $shown | Should -Match 'Scopes\s*: account\.read account\.write'
        $shown | Should -Match 'ConnectedAt\s*: 2026-11-25 17:40:07Z'
        $shown | Should -Match 'TokenExpiresAt\s*: 2026-11-25 18:40:07Z'
    }

    It 'of a rotation: the name, the new client ID, when, and where the secret is' {
        $shown = (Show $samples.CredentialRotation) -join "`n"

        $shown | Should -Match "ApplicationId\s*: $id"
        $shown | Should -Match 'ApplicationName\s*: Booking engine of the Grand Hotel'
        $shown | Should -Match "ClientId\s*: $clientId"
        $shown | Should -Match 'PreviousClientId\s*: client-old'
        $shown | Should -Match 'RotatedAt\s*: 2026-11-25 17:40:07Z'
        $shown | Should -Match 'Verified\s*: True'
        $shown | Should -Match 'Credential\s*: PSCredential \(secret not shown\)'
    }

    It 'of many rotations as a table: the same' {
        (Show ($samples.CredentialRotation | Format-Table) 160) -join "`n" |
            Should -BeLike "*$id 2026-11-25 17:40:07Z *Booking engine of the Grand Hotel *$clientId*"
    }

    It 'of a rotation as text: a sentence' {
        "$($samples.CredentialRotation)" | Should -Be (
            "Application 'Booking engine of the Grand Hotel' ($id) was rotated at 2026-11-25 17:40:07Z: client ID client-old was " +
            "revoked, $clientId was issued, verified.")
    }

    It 'of a rotation that nobody asked to verify: nothing about it' {
        $plain = [Wink.PowerShell.CredentialRotation]::new($id, 'travel-tech', (New-TestCredential 'client-new' $secret), $at)

        $shown = (Show $plain) -join "`n"

        $shown | Should -Match "ApplicationId\s*: $id"
        $shown | Should -Not -BeLike '*Verified*'
    }

    It 'of a rotation that was saved, or not: that, as a list and as a table' -ForEach @(
        @{ Saved = $true; List = 'Saved\s*: True'; Table = 'saved' }
        @{ Saved = $false; List = 'Saved\s*: False'; Table = 'NOT saved' }
    ) {
        $rotation = [Wink.PowerShell.CredentialRotation]::new(
            $id, 'travel-tech', (New-TestCredential 'client-new' $secret), $at, $null, $null, $null, $null, $Saved)

        (Show $rotation) -join "`n" | Should -MatchExactly $List
        (Show ($rotation | Format-Table)) -join "`n" | Should -MatchExactly "Z $Table\b"
    }

    It 'of a rotation that nobody asked to save: nothing about it' {
        (Show $samples.CredentialRotation) -join "`n" | Should -Not -MatchExactly '(?m)^Saved'
    }

    It 'of applications: under the managing entity that owns them' {
        $applications = foreach ($entity in 'travel-tech', 'grand-hotel') {
            foreach ($number in 1, 2) { [Wink.PowerShell.WinkApplication]::new($entity, "application-$number", "Number $number") }
        }

        (Show $applications 80) -match '^\s*ManagingEntityId' |
            Should -Be '   ManagingEntityId: travel-tech', '   ManagingEntityId: grand-hotel'
    }

    It 'in ConstrainedLanguage: the same' {
        $module = Get-BuiltModule
        $shown = Invoke-FreshPwsh {
            param($Module)
            Import-Module $Module
            $credential = [pscredential]::new('client-new', (ConvertTo-SecureString made-up -AsPlainText -Force))
            $at = [DateTime]::UtcNow
            $rotation = [Wink.PowerShell.CredentialRotation]::new('app', 'travel-tech', $credential, $at, 'Booking engine', 'client-old')
            $application = [Wink.PowerShell.WinkApplication]::new('travel-tech', 'app', 'Shop', 'client-shop')
            $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
            $rotation | Format-List
            $application | Format-Table
        } $module

        $shown | Should -BeLike '*app*Booking engine*client-new*client-old*Shop*'
    }

    It 'of names that other people chose: no control characters' {
        $name = "Evil`e]0;title`a`r`nHotel"
        $application = [Wink.PowerShell.WinkApplication]::new(
            'travel-tech', 'evil', $name, 'client-made-up', $null, $null, $null, 'owner', $name)
        $rotation = [Wink.PowerShell.CredentialRotation]::new('evil', 'travel-tech', (New-TestCredential 'client-new' $secret), $at, $name)
        $entity = [Wink.PowerShell.WinkManagingEntity]::new('evil', $name)

        foreach ($sample in $application, $rotation, $entity) {
            foreach ($shown in (Show $sample), (Show ($sample | Format-Table)), (Show ($sample | Format-List))) {
                "$shown" | Should -Not -Match '[\x00-\x1f\x7f-\x9f]'
                "$shown" | Should -BeLike '*Evil*Hotel*'
            }
        }
    }
}

Describe 'An error in <View>' -ForEach @(
    @{ View = 'ConciseView' }
    @{ View = 'NormalView' }
    @{ View = 'DetailedView' }
    @{ View = 'Get-Error' }
) {
    It 'says what happened and what to do, each once' {
        $shown = Invoke-FreshPwsh -ConnectedTo $sandbox -ArgumentList @($View) {
            param($View)
            $nowhere = @{ ManagingEntityId = 'travel-tech'; ApplicationId = 'nowhere' }
            $null = Get-WinkApplication @nowhere -ErrorAction SilentlyContinue -ErrorVariable failed
            if ($View -eq 'Get-Error') { Get-Error $failed[0] | Out-String -Width 500 }
            else {
                $ErrorView = $View
                $failed[0] | Out-String -Width 500
            }
        }

        $text = $shown -replace '(?m)^\s*(Line|\d*) \|\s*' -replace '\s+', ' '
        $text | Should -Match 'Wink did not find the application nowhere of managing entity travel-tech, or this token may not see it. '
        [regex]::Matches($text, 'Check the id and the environment').Count | Should -Be 1
    }
}
