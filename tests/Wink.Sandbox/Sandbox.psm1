# Starts the sandbox in a process of its own, and talks to it.
$ErrorActionPreference = 'Stop'
$root = Split-Path (Split-Path $PSScriptRoot)

function Start-Sandbox {
    $dll = Get-ChildItem -Path (Join-Path $root out bin Wink.Sandbox) -Filter Wink.Sandbox.dll -Recurse |
        Sort-Object LastWriteTime | Select-Object -Last 1
    if (-not $dll) { throw 'The sandbox is not built. Run ./build.ps1.' }

    $start = [Diagnostics.ProcessStartInfo]::new('dotnet')
    $start.ArgumentList.Add($dll.FullName)
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($start)
    $where = $process.StandardOutput.ReadLine() | ConvertFrom-Json
    [pscustomobject]@{
        Http      = [uri] $where.http
        Https     = [uri] $where.https
        Proxy     = [uri] $where.proxy
        Authority = $where.authority
        Process   = $process
    }
}

function Stop-Sandbox {
    param([Parameter(Mandatory)] $Sandbox)
    $Sandbox.Process.StandardInput.Close()
    if (-not $Sandbox.Process.WaitForExit(5000)) { $Sandbox.Process.Kill() }
    $Sandbox.Process.Dispose()
}

function Invoke-SandboxControl {
    param($Sandbox, [string] $Method, [string] $Path, $Body)
    $request = @{ Method = $Method; Uri = [uri]::new([uri] $Sandbox.Http, "/sandbox/$Path"); NoProxy = $true }
    if ($Body) {
        $request.Body = ConvertTo-Json $Body -Depth 5
        $request.ContentType = 'application/json; charset=utf-8'
    }
    Invoke-RestMethod @request
}

function Add-SandboxFault {
    # The fault's members are those of the sandbox's Fault, such as operation, moment, times, close, status, body, delayMs.
    param([Parameter(Mandatory)] $Sandbox, [Parameter(Mandatory)][hashtable] $Fault)
    $null = Invoke-SandboxControl $Sandbox Post faults $Fault
}

function Get-SandboxCell {
    # The cells of the fault matrix: name, how it ends, how often the rotation is sent.
    param([Parameter(Mandatory)] $Sandbox)
    Invoke-SandboxControl $Sandbox Get cells | ForEach-Object { $_ }
}

function Add-SandboxCell {
    param([Parameter(Mandatory)] $Sandbox, [Parameter(Mandatory)][string] $Name, [Parameter(Mandatory)][string] $ApplicationId)
    $null = Invoke-SandboxControl $Sandbox Post "cells?name=$([uri]::EscapeDataString($Name))&applicationId=$ApplicationId"
}

function Get-SandboxSecret {
    # Every secret and token that the sandbox ever issued.
    param([Parameter(Mandatory)] $Sandbox)
    Invoke-SandboxControl $Sandbox Get secrets | ForEach-Object { $_ }
}

function Get-SandboxRequest {
    param([Parameter(Mandatory)] $Sandbox, [string] $Operation = '*')
    Invoke-SandboxControl $Sandbox Get requests | ForEach-Object { $_ } | Where-Object operation -Like $Operation
}

function Get-SandboxTunnel {
    param([Parameter(Mandatory)] $Sandbox)
    Invoke-SandboxControl $Sandbox Get tunnels | ForEach-Object { $_ }
}

function Get-SandboxApplication {
    param([Parameter(Mandatory)] $Sandbox, [Parameter(Mandatory)][string] $ManagingEntityId, [Parameter(Mandatory)][string] $ApplicationId)
    Invoke-SandboxControl $Sandbox Get "applications/$ManagingEntityId/$ApplicationId"
}

function New-SandboxManagingEntity {
    param([Parameter(Mandatory)] $Sandbox, [Parameter(Mandatory)][string] $Id, [string] $Name = $Id, [string] $Type = 'TRAVEL_AGENT')
    $null = Invoke-SandboxControl $Sandbox Put "managing-entities/$($Id)?name=$([uri]::EscapeDataString($Name))&type=$Type"
}

function New-SandboxApplicationList {
    # Many applications at once: application-1, named 'Application 1', and so on.
    param([Parameter(Mandatory)] $Sandbox, [Parameter(Mandatory)][string] $ManagingEntityId, [Parameter(Mandatory)][int] $Count)
    $null = Invoke-SandboxControl $Sandbox Post "applications/$($ManagingEntityId)?count=$Count"
}

function New-SandboxApplication {
    param(
        [Parameter(Mandatory)] $Sandbox,
        [Parameter(Mandatory)][string] $ManagingEntityId,
        [Parameter(Mandatory)][string] $ApplicationId,
        [string] $Name = $ApplicationId,
        [string[]] $Scope = @()
    )
    $query = "name=$([uri]::EscapeDataString($Name))&scopes=$([uri]::EscapeDataString($Scope -join ' '))"
    Invoke-SandboxControl $Sandbox Put "applications/$ManagingEntityId/$($ApplicationId)?$query"
}

function New-SandboxToken {
    param([Parameter(Mandatory)] $Sandbox, [Parameter(Mandatory)][string[]] $Scope)
    Invoke-SandboxControl $Sandbox Post "tokens?scopes=$([uri]::EscapeDataString($Scope -join ' '))"
}

function Clear-SandboxToken {
    param([Parameter(Mandatory)] $Sandbox)
    $null = Invoke-SandboxControl $Sandbox Delete tokens
}

function Set-SandboxRateLimit {
    # So many requests a minute, so many at once, and a pause when they are used up.
    param([Parameter(Mandatory)] $Sandbox, [double] $PerMinute = 0, [Parameter(Mandatory)][int] $Burst, [double] $PauseSec = 0)
    $null = Invoke-SandboxControl $Sandbox Put "rate-limit?perMinute=$PerMinute&burst=$Burst&pauseSec=$PauseSec"
}

function Get-SandboxRateLimit {
    # How many requests were let through and refused since it was set, and how many pauses began.
    param([Parameter(Mandatory)] $Sandbox)
    Invoke-SandboxControl $Sandbox Get rate-limit
}

function Reset-Sandbox {
    # Forgets the recorded requests, the faults still to strike and the rate limit; applications and tokens stay.
    param([Parameter(Mandatory)] $Sandbox)
    $null = Invoke-SandboxControl $Sandbox Post reset
}

Export-ModuleMember -Function *-Sandbox*
