# Runs the suite in this process and leaves its counts; what could not even run counts as failed.
param(
    [Parameter(Mandatory)][string] $PesterPath,
    [Parameter(Mandatory)][string] $ResultPath
)

$ErrorActionPreference = 'Stop'
Import-Module $PesterPath
$configuration = New-PesterConfiguration
$configuration.Run.Path = $PSScriptRoot
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$run = Invoke-Pester -Configuration $configuration
@{
    passed  = $run.PassedCount
    failed  = $run.FailedCount + $run.FailedBlocksCount + $run.FailedContainersCount
    skipped = $run.SkippedCount + $run.NotRunCount + $run.InconclusiveCount
} | ConvertTo-Json | Set-Content -LiteralPath $ResultPath
