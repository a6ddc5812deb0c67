# Fleets of applications in the sandbox, and pipelines that rotate them in runspaces of their own.
$ErrorActionPreference = 'Stop'
Import-Module $PSScriptRoot/Sandbox.psm1, $PSScriptRoot/FreshPwsh.psm1
if (-not ('PromptingHost' -as [type])) { Add-Type -Path $PSScriptRoot/PromptingHost.cs }

function New-Fleet {
    # As a CSV file brings it: ids alone.
    param($Sandbox, [int] $Count)
    New-SandboxApplicationList $Sandbox travel-tech $Count
    foreach ($number in 1..$Count) { [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = "application-$number" } }
}

function Get-RotationCount {
    # How often the rotation of each application was sent.
    param($Sandbox)
    $sent = @{}
    foreach ($request in Get-SandboxRequest $Sandbox -Operation Rotation) { $sent[($request.target -split '/')[5]]++ }
    $sent
}

function Start-Fleet {
    # A pipeline in a runspace of its own, over this runspace's connection, with four in flight. With $null its host has no interface.
    param($Fleet, [string] $Pipeline, $PSHost = [PromptingHost]::new())
    $runspace = if ($PSHost) { [runspacefactory]::CreateRunspace($PSHost) } else { [runspacefactory]::CreateRunspace() }
    $runspace.Open()
    $shell = [powershell]::Create($runspace)
    $null = $shell.AddScript("param(`$Module, `$Wink, `$Fleet) Import-Module `$Module; `$rotation = @{ Connection = `$Wink; ThrottleLimit = 4 }; $Pipeline").
        AddArgument((Get-BuiltModule)).AddArgument((Get-WinkConnection)).AddArgument($Fleet)
    $shell
}

function Wait-Until {
    param([scriptblock] $Condition)
    $until = [DateTime]::UtcNow.AddSeconds(20)
    while (-not (& $Condition)) {
        if ([DateTime]::UtcNow -gt $until) { throw "Never: $Condition" }
        Start-Sleep -Milliseconds 20
    }
}
