BeforeDiscovery {
    Import-Module $PSScriptRoot/TestBed.psm1
    $root = Split-Path (Split-Path $PSScriptRoot)
    $help = Get-Item (Join-Path (Split-Path (Get-BuiltModule)) en-US/*)
    $written = "$root/README.md", "$root/.github/*.md", "$root/examples/*", "$PSScriptRoot/Example/Update-*.ps1"
    $files = @($help) + (Get-Item $written -Exclude *.Tests.ps1)
    $storing = foreach ($file in $files) {
        # A line that goes on after a backtick is one.
        $lines = (Get-Content $file -Raw) -replace '`\r?\n\s*' -split '\n'
        foreach ($line in $lines -match '\b(Set-(Secret|Az\w+|AutomationVariable)|Export-Clixml) -') {
            @{ File = $file.Name; Line = $line.Trim() }
        }
    }
}

BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
    $root = Split-Path (Split-Path $PSScriptRoot)
    $wink = @{ Credential = New-Operator $sandbox; ApiUri = $sandbox.Http; IamUri = $sandbox.Http }
    $target = @{ ManagingEntityId = 'travel-tech'; ApplicationId = 'application-1'; Wink = $wink }
    $runbook = "$root/examples/Update-WinkCredential.Runbook.ps1"
    $account = @{ CredentialName = 'shop'; ResourceGroupName = 'made-up'; AutomationAccountName = 'made-up' }

    # A vault that says no and lets its caller go on. As a module it does not see the caller's $ErrorActionPreference.
    $vault = {
        function Set-Secret {
            [CmdletBinding()] param($Name, [Parameter(ValueFromPipeline)] $Secret, $Vault)
            process { Write-Error 'made-up refusal of the vault' }
        }
        function Set-AzKeyVaultSecret {
            [CmdletBinding()] param($VaultName, $Name, $SecretValue, $ContentType)
            Write-Error 'made-up refusal of the vault'
        }
        function Set-AzAutomationCredential {
            [CmdletBinding()] param($ResourceGroupName, $AutomationAccountName, $Name, $Value)
            Write-Error 'made-up refusal of the vault'
        }
    }
    $vaultModule = New-Module -Name RefusingVault $vault

    # The doubles of what else is foreign.
    function Test-SecretVault { param($Name) $true }
    function Get-AzKeyVaultSecret { [CmdletBinding()] param($VaultName, $Name) }
    function Connect-AzAccount { [CmdletBinding()] param([switch] $Identity) }
    function Get-AutomationConnection { param($Name) @{} }
    function Get-AutomationPSCredential { param($Name) $Name -eq 'Wink' ? $wink.Credential : $stored }
    function Get-AutomationVariable { param($Name) }
    function Set-AutomationVariable { [CmdletBinding()] param($Name, $Value) throw 'Reported what was not stored.' }

    function Get-Code {
        # The code of a topic that has all of these words.
        param([string] $Topic, [string[]] $Has)
        $text = (Get-Content $root/src/Wink.PowerShell/en-US/$Topic.help.txt -Raw).Replace("`r", '')
        $blocks = [regex]::Matches($text, '(?m)(^ {8,}\S.*\n)+').Value
        [scriptblock]::Create(@($blocks).Where{ $block = $_; -not $Has.Where{ $block -notmatch $_ } }[0])
    }
}

AfterAll {
    Remove-Module RefusingVault -ErrorAction Ignore
    Stop-Sandbox $sandbox
}

Describe 'What stores in <File>' -ForEach $storing {
    It 'stops where it fails: <Line>' { $Line | Should -BeLike '*-ErrorAction Stop*' }
}

Describe 'After the first failure of a vault, <Kind>, nothing more is sent' -ForEach @(
    @{ Kind = 'a function'; IsModule = $false }
    @{ Kind = 'a script module'; IsModule = $true }
) {
    BeforeEach {
        if ($IsModule) { Import-Module $vaultModule -Force } else { . $vault }
        Reset-Sandbox $sandbox
        $csv = Join-Path $TestDrive apps.csv
        New-Batch $sandbox 3 | Export-Csv $csv
        Connect-Wink @wink
    }

    AfterEach {
        Remove-Module RefusingVault -ErrorAction Ignore
        Remove-Item "$csv.report.csv" -ErrorAction Ignore
    }

    It 'by <From>' -ForEach @(
        @{
            From = 'the loop of about_Wink_Automation'
            Run  = {
                Push-Location $TestDrive
                try { & (Get-Code about_Wink_Automation 'Import-Csv', 'Set-Secret') } finally { Pop-Location }
            }
        }
        @{
            From = 'what about_Wink_Automation stores with'
            Run  = {
                $rotation = Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false
                & (Get-Code about_Wink_Automation 'Set-Secret', 'Set-AzKeyVaultSecret')
                $null = Invoke-WinkCredentialRotation travel-tech application-2 -Confirm:$false
            }
        }
        @{
            From = 'the example of Invoke-WinkCredentialRotation'
            Run  = {
                $ConfirmPreference = 'None'
                $file = Join-Path (Split-Path (Get-BuiltModule)) en-US/Wink.PowerShell.dll-Help.xml
                $help = ([xml] (Get-Content $file -Raw)).helpItems.command
                $example = $help.examples.example.Where({ $_.code -match 'Set-Secret' }, 'First')
                $code = $example.code -replace 'booking-engine(?= -|\n)', 'application-1'
                & ([scriptblock]::Create($code))
                $null = Invoke-WinkCredentialRotation travel-tech application-2 -Confirm:$false
            }
        }
        @{ From = 'Update-WinkFleet'; Run = { & "$root/examples/Update-WinkFleet.ps1" -Path $csv -Wink $wink -ThrottleLimit 1 } }
        @{ From = 'Update-WinkSecret'; Run = { & "$root/examples/Update-WinkSecret.ps1" @target -Name wink -Vault made-up } }
        @{
            From = 'Update-WinkKeyVaultSecret'
            Run  = { & "$root/examples/Update-WinkKeyVaultSecret.ps1" @target -VaultName made-up -Name wink }
        }
        @{
            From = 'the runbook'
            Run  = {
                $stored = Get-ValidCredential $sandbox application-1 | New-TestCredential
                Mock Connect-Wink { & (Get-Command Connect-Wink -CommandType Cmdlet) @wink } -ParameterFilter { -not $ApiUri }
                & $runbook travel-tech application-1 @account
            }
        }
    ) {
        $ErrorActionPreference = 'Continue'

        { . $Run } | Should -Throw '*made-up refusal of the vault*'

        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
        (Get-WinkCredentialRotation)[-1].ClientId | Should -BeExactly (Get-ValidCredential $sandbox application-1).clientId
    }
}

Describe 'The runbook' {
    It 'sends nothing where it cannot sign in to store' {
        New-SandboxApplicationList $sandbox travel-tech 1
        Reset-Sandbox $sandbox
        $stored = Get-ValidCredential $sandbox application-1 | New-TestCredential
        function Connect-AzAccount { [CmdletBinding()] param([switch] $Identity) Write-Error 'made-up refusal' }
        Mock Connect-Wink { & (Get-Command Connect-Wink -CommandType Cmdlet) @wink } -ParameterFilter { -not $ApiUri }

        { & $runbook travel-tech application-1 @account } | Should -Throw 'made-up refusal'

        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }
}
