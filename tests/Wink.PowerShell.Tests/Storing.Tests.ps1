BeforeDiscovery {
    Import-Module $PSScriptRoot/TestBed.psm1
    $root = Split-Path (Split-Path $PSScriptRoot)
    $help = Get-Item (Join-Path (Split-Path (Get-BuiltModule)) en-US/*)
    $written = "$root/README.md", "$root/.github/*.md", "$root/examples/*", "$PSScriptRoot/Example/Update-*.ps1"
    $files = @($help) + (Get-Item $written -Exclude *.Tests.ps1)
    $storing = foreach ($file in $files) {
        # A line that goes on after a backtick is one. What -SaveWith runs needs nothing: each of its errors counts.
        $text = (Get-Content $file -Raw) -replace '`\r?\n\s*'
        $lines = $text -replace '(-SaveWith|SaveWith +=|\$save =) *(\{(?>[^{}]+|(?<open>\{)|(?<-open>\}))*(?(open)(?!))\})' -split '\n'
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
    $copy = @{ EscrowPath = $TestDrive; EscrowCertificate = New-TestCertificate; InformationAction = 'Ignore' }
    $runbook = "$root/examples/Update-WinkCredential.Runbook.ps1"
    $account = @{ CredentialName = 'shop'; ResourceGroupName = 'made-up'; AutomationAccountName = 'made-up' }

    # A vault that takes the credentials that it has, as a rehearsal writes them, and refuses new ones. It lets its caller go on. As a
    # module it does not see the caller's $ErrorActionPreference.
    $vault = {
        function Get-Stored {
            param($Name)
            $global:WinkStored[$Name -replace '^wink-'] ?? $global:WinkStored.'application-1'
        }
        function Write-New {
            param($ClientId)
            if ($ClientId -notin $global:WinkStored.Values.UserName) { Write-Error 'made-up refusal of the vault' }
        }
        function Get-Secret { [CmdletBinding()] param($Name, $Vault) Get-Stored $Name }
        function Set-Secret {
            [CmdletBinding()] param($Name, [Parameter(ValueFromPipeline)] $Secret, $Vault)
            process { Write-New $Secret.UserName }
        }
        function Get-AzKeyVaultSecret {
            [CmdletBinding()] param($VaultName, $Name)
            @{ SecretValue = (Get-Stored $Name).Password; Tags = @{ ClientId = (Get-Stored $Name).UserName } }
        }
        function Set-AzKeyVaultSecret {
            [CmdletBinding()] param($VaultName, $Name, $SecretValue, $ContentType, $Expires, $Tag)
            Write-New $Tag.ClientId
        }
        function Set-AzAutomationCredential {
            [CmdletBinding()] param($ResourceGroupName, $AutomationAccountName, $DefaultProfile, $Name, $Value)
            Write-New $Value.UserName
        }
    }
    $vaultModule = New-Module -Name RefusingVault $vault

    # The doubles of what else is foreign.
    function Connect-AzAccount { [CmdletBinding()] param([switch] $Identity) @{ Context = 'made-up' } }
    function Get-AzAutomationJob { [CmdletBinding()] param($ResourceGroupName, $AutomationAccountName, $DefaultProfile, $Id, $RunbookName) }
    function Get-AutomationConnection { param($Name) @{} }
    function Get-AutomationPSCredential { param($Name) $Name -eq 'Wink' ? $wink.Credential : $global:WinkStored.'application-1' }
    function Get-AutomationVariable { param($Name) }
    function Set-AutomationVariable { [CmdletBinding()] param($Name, $Value) throw 'Reported what was not saved.' }

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
    Remove-Variable WinkStored -Scope Global -ErrorAction Ignore
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
        $global:WinkStored = @{}
        New-Batch $sandbox 3 | ForEach-Object {
            $valid = Get-ValidCredential $sandbox $_.ApplicationId
            $global:WinkStored[$_.ApplicationId] = $valid | New-TestCredential
            $_ | Add-Member ClientId $valid.clientId -PassThru
        } | Export-Csv $csv
        Connect-Wink @wink
    }

    AfterEach {
        Remove-Module RefusingVault -ErrorAction Ignore
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
        @{ From = 'Update-WinkBatch'; Run = { & "$root/examples/Update-WinkBatch.ps1" -Path $csv -Vault made-up -ThrottleLimit 1 @copy } }
        @{
            From = 'Update-WinkSecret'
            Run  = { & "$root/examples/Update-WinkSecret.ps1" travel-tech application-1 -Name application-1 -Vault made-up @copy }
        }
        @{
            From = 'Update-WinkKeyVaultSecret'
            Run  = { & "$root/examples/Update-WinkKeyVaultSecret.ps1" travel-tech application-1 -VaultName made-up -Name wink @copy }
        }
        @{
            From = 'the runbook'
            Run  = {
                Mock Connect-Wink { & (Get-Command Connect-Wink -CommandType Cmdlet) @wink -PassThru } -ParameterFilter { -not $ApiUri }
                & $runbook travel-tech application-1 @account
            }
        }
    ) {
        $ErrorActionPreference = 'Continue'

        $errors = try { . $Run 2>&1 6> $null | Where-Object { $_ -is [Management.Automation.ErrorRecord] } } catch { $_; $Error[0..9] }

        "$errors" | Should -BeLike '*made-up refusal of the vault*'

        Get-SandboxRequest $sandbox Rotation | Should -HaveCount 1
        (Get-WinkCredentialRotation)[-1].ClientId | Should -BeExactly (Get-ValidCredential $sandbox application-1).clientId
    }
}
