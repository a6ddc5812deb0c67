BeforeDiscovery {
    Import-Module $PSScriptRoot/TestBed.psm1
    $module = Split-Path (Get-BuiltModule)
    $commands = ([xml] (Get-Content $module/en-US/Wink.PowerShell.dll-Help.xml -Raw)).helpItems.command
    $parameters = foreach ($command in $commands) {
        foreach ($parameter in $command.parameters.parameter) { @{ Of = $command.details.name; Name = $parameter.name; Help = $parameter } }
    }
    $examples = foreach ($command in $commands) {
        foreach ($example in $command.examples.example) {
            @{ From = $command.details.name; Title = $example.title.Trim('- '); Code = $example.code }
        }
    }
    # In a topic, code is what is indented by eight or more.
    $examples += foreach ($topic in Get-ChildItem $module/en-US/about_*.help.txt) {
        $blocks = [regex]::Matches((Get-Content $topic -Raw).Replace("`r", ''), '(?m)(^ {8,}\S.*\n)+')
        foreach ($block in $blocks.Value) {
            # A step of a pipeline is YAML: its script is what runs.
            $code = $block -match '(?s)^ *- .*?(run|pwsh): \|\n(?<script>( {12}.*?\n)+)(?! {12})' ? $Matches.script : $block
            @{ From = $topic.Name -replace '\..*'; Title = $block.Trim().Split("`n")[0]; Code = $code }
        }
    }
}

BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
    New-SandboxManagingEntity $sandbox travel-tech -Type HOTEL
    $holder = New-TestCertificate
    $escrow = (New-Item -ItemType Directory (Join-Path $TestDrive escrow)).FullName
    Set-Content (Join-Path $TestDrive escrow.cer) $holder.ExportCertificatePem()
    Set-Content (Join-Path $TestDrive apps.csv) 'ManagingEntityId,ApplicationId', 'travel-tech,booking-engine'

    # Where the examples go to Wink, they go to the sandbox.
    function Connect-Wink {
        param([pscredential] $Credential = $operator, [switch] $EnvironmentVariable, [string] $Environment, [switch] $PassThru)
        Wink.PowerShell\Connect-Wink -Credential $Credential -ApiUri $sandbox.Http -IamUri $sandbox.Http -PassThru:$PassThru
    }

    # The doubles of what is foreign.
    function Get-Credential { $operator }
    function Get-Secret { [CmdletBinding()] param($Name) $stored }
    function Set-Secret {
        [CmdletBinding()] param($Name, [Parameter(ValueFromPipeline)][pscredential] $Secret)
        process { $Secret.UserName | Should -Not -BeNullOrEmpty }
    }
    function Set-AzKeyVaultSecret {
        [CmdletBinding()] param($VaultName, $Name, [securestring] $SecretValue, [hashtable] $Tag)
        $SecretValue.Length | Should -BeGreaterThan 0
    }
    function Get-AutomationPSCredential { param($Name) $operator }
    function Unprotect-CmsMessage {
        param($LiteralPath) Microsoft.PowerShell.Security\Unprotect-CmsMessage -LiteralPath $LiteralPath -To $holder
    }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'The help of <Of> -<Name>' -ForEach $parameters {
    It 'says of it what is in the code' {
        $parameter = (Get-Command $Of -CommandType Cmdlet).Parameters[$Name]
        $sets = $parameter.Attributes.Where{ $_ -is [Management.Automation.ParameterAttribute] }
        $ways = @(
            if ($sets.ValueFromPipeline -contains $true) { 'ByValue' }
            if ($sets.ValueFromPipelineByPropertyName -contains $true) { 'ByPropertyName' }
        )

        $type = $parameter.ParameterType
        $Help.type.name | Should -Be ($type.Name -replace 'Nullable`1', $type.GenericTypeArguments.Name)
        $Help.pipelineInput | Should -Be ($ways ? "True ($($ways -join ', '))" : 'False')
        $Help.aliases | Should -Be ($parameter.Aliases ? $parameter.Aliases -join ', ' : 'none')
        [bool]::Parse($Help.required) | Should -Be ($sets.Mandatory -notcontains $false)
        $position = ($sets.Position | Measure-Object -Maximum).Maximum
        $Help.position | Should -Be ($position -ge 0 ? $position : 'named')
        $Help.description.para | Should -Not -BeNullOrEmpty
    }
}

Describe 'The example of <From>: <Title>' -ForEach $examples {
    It 'runs, without an error' {
        $null = New-SandboxApplication $sandbox travel-tech booking-engine -Name 'Booking engine' -Scope account.read
        $operator = New-Operator $sandbox
        # The one that a switch finds in use.
        $inUse = New-SandboxApplication $sandbox travel-tech booking-a -Scope account.read
        $null = New-SandboxApplication $sandbox travel-tech booking-b -Scope account.read
        # What the examples take for given.
        $credentialA = $credentialB = $pair = $credential = $operator
        $staging = Connect-Wink -PassThru
        Connect-Wink
        $rotation = Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false -EscrowPath $escrow -EscrowCertificate $holder
        $stored = $Code -match 'Switch-Wink' ? ($inUse | New-TestCredential) : $rotation.Credential
        # What the example of another switch left is newer than what the vault holds.
        'booking-a', 'booking-b' | ForEach-Object { Clear-WinkCredentialRotation $_ -ErrorAction SilentlyContinue }
        $ids = 'booking-engine'
        $failed = @()
        $ConfirmPreference = 'None'
        $ErrorActionPreference = 'Continue'
        $Error.Clear()

        Push-Location $TestDrive
        try {
            # A thread of its own has no cmdlets by name here, and the escrow lies elsewhere.
            $code = $Code.Replace('ForEach-Object -Parallel', 'ForEach-Object').Replace('$using:', '$').
                Replace('/var/escrow', $escrow).Replace('Get-ChildItem wink-', "Get-ChildItem $escrow/wink-").
                Replace('-Environment Production', "-ApiUri $($sandbox.Http) -IamUri $($sandbox.Http)")
            $output = . ([scriptblock]::Create($code)) 6> $null
        }
        finally { Pop-Location }

        $Error | Should -BeNullOrEmpty
        if ($code -match '^\s*(Get|Test)-' -and $code -notmatch '-WhatIf|Set-Secret') { $output | Should -Not -BeNullOrEmpty }
    }
}
