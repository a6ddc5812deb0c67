# Runs every so manieth file of the suite in this process and leaves the counts; what could not even run counts as failed.
param(
    [Parameter(Mandatory)][string] $PesterPath,
    [Parameter(Mandatory)][int] $Part,
    [Parameter(Mandatory)][int] $Of,
    [Parameter(Mandatory)][string] $ResultPath
)

$ErrorActionPreference = 'Stop'
Import-Module $PesterPath
$configuration = New-PesterConfiguration
$files = @(Get-ChildItem $PSScriptRoot -Filter *.Tests.ps1 -Recurse | Sort-Object Name).FullName
$configuration.Run.Path = @(for ($at = $Part; $at -lt $files.Count; $at += $Of) { $files[$at] })
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$run = Invoke-Pester -Configuration $configuration
@{
    passed  = $run.PassedCount
    failed  = $run.FailedCount + $run.FailedBlocksCount + $run.FailedContainersCount
    skipped = $run.SkippedCount + $run.NotRunCount + $run.InconclusiveCount
} | ConvertTo-Json | Set-Content -LiteralPath $ResultPath
