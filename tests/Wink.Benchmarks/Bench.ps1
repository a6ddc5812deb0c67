# Runs every benchmark, each in a pwsh of its own, and prints one table. A figure counts only as a ratio: the machine may be any, and busy.
param(
    [Parameter(Mandatory)][string] $BenchmarkPath,
    # The pwsh.dll that StartUp measures with.
    [Parameter(Mandatory)][string] $PrecompiledPwshPath
)
$ErrorActionPreference = 'Stop'
Import-Module $PSScriptRoot/Measure.psm1, $PSScriptRoot/../Wink.Sandbox/Sandbox.psm1, $PSScriptRoot/../Wink.PowerShell.Tests/TestBed.psm1

function Invoke-Benchmark {
    param([string] $Name, [string[]] $Pwsh = (Get-PwshCommand))
    Write-Host "$Name ..."
    $sandbox = Start-Sandbox
    try {
        Invoke-Pwsh -Pwsh $Pwsh -ArgumentList "$PSScriptRoot/$Name.ps1", $sandbox.Http {
            param($Benchmark, [uri] $Http)
            $ErrorActionPreference = 'Stop'
            & $Benchmark -Sandbox ([pscustomobject]@{ Http = $Http }) | ConvertTo-Json
        } | ConvertFrom-Json
    }
    finally { Stop-Sandbox $sandbox }
}

function Measure-Client {
    Write-Host 'The client itself ...'
    $own = dotnet $BenchmarkPath (Join-Path (Split-Path $BenchmarkPath) artifacts) | Select-Object -Last 1 | ConvertFrom-Json
    $http, $rest, $rotate = $own.HttpClientGetString, $own.RestSharpExecute, $own.Rotate
    $method = 'BenchmarkDotNet, over a connection in memory; RestSharp alone: {0:0.0} ×, {1:N0} bytes' -f
        ($rest.Ns / $http.Ns), $rest.Bytes
    New-Row '(f) the client''s own time per rotation : HttpClient''s' ('{0:0.0} ×' -f ($rotate.Ns / $http.Ns)) '' $method
    $method = 'as above; HttpClient alone: {0:N0} bytes' -f $http.Bytes
    New-Row '(f) the client''s own allocations per rotation' ('{0:N0} bytes' -f $rotate.Bytes) '' $method
}

$rows = @(
    # It starts what it measures with the PowerShell that it runs in.
    Invoke-Benchmark StartUp -Pwsh dotnet, $PrecompiledPwshPath
    'WarmRotation', 'Batch', 'Memory', 'RateLimited', 'Switch' | ForEach-Object { Invoke-Benchmark $_ }
    Measure-Client
)
'', '| figure | measured | target | how |', '| --- | --- | --- | --- |'
$rows | ForEach-Object { "| $($_.Figure) | $($_.Value) | $($_.Target) | $($_.Method) |" }
