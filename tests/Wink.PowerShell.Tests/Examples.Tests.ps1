BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
    $examples = Join-Path (Split-Path (Split-Path $PSScriptRoot)) examples
    $operator = New-Operator $sandbox
    $wink = @{ Credential = $operator; ApiUri = $sandbox.Http; IamUri = $sandbox.Http }
    $target = @{ ManagingEntityId = 'travel-tech'; ApplicationId = 'application-1'; Wink = $wink }
    $valid = @{ At = $sandbox; ApplicationId = 'application-1' }

    # The doubles of foreign cmdlets: what they store is in $store.
    $store = @{}
    function Set-Secret {
        [CmdletBinding()] param($Name, $Secret, $Vault)
        if ($store.refuse -eq $Name) { throw 'made-up full vault' }
        $store[$Name] = $Secret
    }
    function Test-SecretVault { param($Name) $Name -ne 'locked' }
    function Get-AzKeyVaultSecret {
        [CmdletBinding()] param($VaultName, $Name)
        if ($VaultName -eq 'forbidden') { throw 'made-up forbidden' }
    }
    function Set-AzKeyVaultSecret {
        [CmdletBinding()] param($VaultName, $Name, [securestring] $SecretValue, $ContentType)
        $store[$Name] = [pscredential]::new($ContentType, $SecretValue)
    }
    function Get-AutomationConnection { param($Name) @{ Environment = 'Staging' } }
    function Get-AutomationPSCredential { param($Name) if ($Name -eq 'Wink') { $operator } else { $store[$Name] } }
    function Get-AutomationVariable { param($Name) $store[$Name] }
    function Set-AutomationVariable { [CmdletBinding()] param($Name, $Value) $store[$Name] = $Value }
    function Connect-AzAccount { [CmdletBinding()] param([switch] $Identity) }
    function Set-AzAutomationCredential {
        [CmdletBinding()] param($ResourceGroupName, $AutomationAccountName, $Name, [pscredential] $Value)
        if ($store.fails) { throw 'made-up end' }
        $store[$Name] = $Value
    }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'The example' {
    BeforeEach {
        $store.Clear()
        Reset-Sandbox $sandbox
        New-SandboxApplicationList $sandbox travel-tech 6
    }

    It 'Update-WinkSecret stores the new credentials, and rotates nothing for a vault that is locked' {
        $null = & "$examples/Update-WinkSecret.ps1" @target -Name wink -Vault made-up
        $store.wink | Assert-ValidCredential @valid

        { & "$examples/Update-WinkSecret.ps1" @target -Name wink -Vault locked } | Should -Throw '*nothing was rotated*'
        $store.wink | Assert-ValidCredential @valid
        Get-WinkConnection | Should -BeNullOrEmpty
    }

    It 'Update-WinkKeyVaultSecret stores the new secret, and rotates nothing where the vault is closed to it' {
        $null = & "$examples/Update-WinkKeyVaultSecret.ps1" @target -VaultName made-up -Name wink
        $store.wink | Assert-ValidCredential @valid

        { & "$examples/Update-WinkKeyVaultSecret.ps1" @target -VaultName forbidden -Name wink } | Should -Throw '*forbidden*'
        $store.wink | Assert-ValidCredential @valid
    }

    It 'Update-WinkFleet stores all credentials, reports each failure, and goes on where it ended' {
        $csv = Join-Path $TestDrive "$([guid]::NewGuid()).csv"
        New-Batch $sandbox 6 | Export-Csv $csv
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; applicationId = 'application-2'; status = 403; times = 1 }
        $store.refuse = 'wink-application-4'

        { & "$examples/Update-WinkFleet.ps1" -Path $csv -Wink $wink -ThrottleLimit 2 } | Should -Throw '*made-up full vault*'
        foreach ($application in (Import-Csv "$csv.report.csv" | Where-Object Outcome -EQ Rotated).ApplicationId) {
            $store["wink-$application"] | Assert-ValidCredential -At $sandbox -ApplicationId $application
        }
        (Import-Csv "$csv.report.csv" | Where-Object Outcome -EQ NotStored).ApplicationId | Should -Be application-4
        $store.Remove('refuse')

        & "$examples/Update-WinkFleet.ps1" -Path $csv -Wink $wink -ThrottleLimit 2
        1..6 | ForEach-Object { $store["wink-application-$_"] | Assert-ValidCredential -At $sandbox -ApplicationId "application-$_" }
        $report = Import-Csv "$csv.report.csv"
        ($report | Where-Object Outcome -EQ Rotated).ApplicationId | Sort-Object | Should -Be (1..6 | ForEach-Object { "application-$_" })
        ($report | Where-Object Outcome -EQ RotationRejected).ApplicationId | Should -Be application-2

        & "$examples/Update-WinkFleet.ps1" -Path $csv -Wink $wink
        # One that was refused, one that could not be stored, and each once for good.
        (Get-SandboxRequest $sandbox Rotation).Count | Should -Be 8
    }

    It 'Restore-WinkPair opens the escrow, and tells which credentials are valid' {
        $holder = New-TestCertificate
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive escrow)).FullName
        Connect-Wink @wink
        $escrow = @{ EscrowPath = $folder; EscrowCertificate = $holder }
        1..2 | ForEach-Object { Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false @escrow } | Out-Null
        Set-Content "$folder/wink-application-2-20260101T000000.0000000Z.cms" 'Reserved for the new pair of made-up.'

        $quiet = @{ WarningAction = 'SilentlyContinue'; WarningVariable = 'warned' }
        $recovered = & "$examples/Restore-WinkPair.ps1" $folder -Certificate $holder -Wink $wink @quiet

        $recovered.InForce | Sort-Object | Should -Be $false, $true
        ($recovered | Where-Object InForce).Credential | Assert-ValidCredential @valid
        "$warned" | Should -BeLike '*holds no credentials. Reserved for*'
    }

    It 'Restore-WinkPair goes on after a file that it cannot open, and names it' {
        $holder = New-TestCertificate
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive several)).FullName
        Connect-Wink @wink
        $rotation = @{ ManagingEntityId = 'travel-tech'; Confirm = $false; EscrowPath = $folder }
        $null = Invoke-WinkCredentialRotation @rotation -ApplicationId application-1 -EscrowCertificate (New-TestCertificate)
        $foreign = (Get-ChildItem $folder).Name
        $good = Invoke-WinkCredentialRotation @rotation -ApplicationId application-2 -EscrowCertificate $holder
        $whole = Get-Content (Get-ChildItem $folder/wink-application-2-*) -Raw
        # In the order of their names, all before the good one.
        Set-Content "$folder/wink-application-0-cut.cms" $whole.Substring(0, 400)
        Set-Content "$folder/wink-application-0-broken.cms" ($whole -replace 'M', 'N')
        Set-Content "$folder/wink-application-0-empty.cms" '' -NoNewline
        Set-Content "$folder/wink-application-0-text.cms" ('made-up text' | Protect-CmsMessage -To $holder)
        Set-Content "$folder/wink-application-0-other.cms" ('{ "clientId": "made-up" }' | Protect-CmsMessage -To $holder)
        $null = New-Item -ItemType Directory "$folder/wink-application-0-folder.cms"

        $quiet = @{ WarningAction = 'SilentlyContinue'; WarningVariable = 'warned' }
        $recovered = & "$examples/Restore-WinkPair.ps1" $folder -Certificate $holder -Wink $wink @quiet

        $recovered.Credential.UserName | Should -BeExactly $good.ClientId
        $recovered.InForce | Should -BeTrue
        $warned | Should -HaveCount 6
        foreach ($name in @($foreign) + ('cut', 'broken', 'empty', 'text', 'other' | ForEach-Object { "wink-application-0-$_.cms" })) {
            "$warned" | Should -BeLike "*$name*"
        }
    }

    It 'Restore-WinkPair returns what it opens where it cannot connect' {
        $holder = New-TestCertificate
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive locked-out)).FullName
        Connect-Wink @wink
        $good = Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false -EscrowPath $folder -EscrowCertificate $holder
        $refused = @{ Credential = New-TestCredential $operator.UserName revoked; ApiUri = $sandbox.Http; IamUri = $sandbox.Http }

        $quiet = @{ WarningAction = 'SilentlyContinue'; WarningVariable = 'warned' }
        $recovered = & "$examples/Restore-WinkPair.ps1" $folder -Certificate $holder -Wink $refused @quiet

        $recovered.Credential.UserName | Should -BeExactly $good.ClientId
        $recovered.InForce | Should -BeNullOrEmpty
        "$warned" | Should -BeLike '*valid cannot be told*'
    }

    Context 'Update-WinkCredential.Runbook' {
        BeforeAll {
            # The fields of the connection are those of Connect-Wink; the sandbox is neither production nor staging.
            Mock Connect-Wink { & (Get-Command Connect-Wink -CommandType Cmdlet) @wink } -ParameterFilter {
                $Environment -eq 'Staging' -and $Credential -eq $operator
            }
            function Start-Runbook {
                $account = @{ CredentialName = 'shop'; ResourceGroupName = 'made-up'; AutomationAccountName = 'made-up' }
                & "$examples/Update-WinkCredential.Runbook.ps1" travel-tech application-1 @account
            }
        }

        It 'rotates what is due, stores it, and leaves alone what is not' {
            $store.shop = Get-ValidCredential $sandbox application-1 | New-TestCredential

            Start-Runbook | Should -BeLike 'Rotated application-1*'
            $store.shop | Assert-ValidCredential @valid
            Start-Runbook | Should -BeLike '*nothing to do*'
            Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
        }

        It 'fixes, started again, what it could not store' {
            $store.shop = Get-ValidCredential $sandbox application-1 | New-TestCredential
            $store.fails = $true
            { Start-Runbook } | Should -Throw 'made-up end'
            $store.Remove('fails')

            Start-Runbook | Should -BeLike 'Rotated application-1*'
            $store.shop | Assert-ValidCredential @valid
        }

        It 'has a connection type whose fields are parameters of Connect-Wink, of the same types' {
            $type = Get-Content (Join-Path (Split-Path (Get-BuiltModule)) Wink.PowerShell-Automation.json) -Raw | ConvertFrom-Json
            $type.IntegrationModuleName | Should -Be Wink.PowerShell
            $parameters = (Get-Command Connect-Wink -CommandType Cmdlet).Parameters
            foreach ($field in $type.ConnectionFields) { $parameters[$field.Name].ParameterType.FullName | Should -Be $field.TypeName }
        }
    }
}
