# Runs one part of the suite's files in this process and writes the counts. A file or block that could not run counts as failed.
param(
    [Parameter(Mandatory)][string] $PesterPath,
    # Isolation.Tests.ps1 loads it beside ours.
    [Parameter(Mandatory)][string] $OtherRestSharpPath,
    # From 1.
    [Parameter(Mandatory)][int] $Part,
    [Parameter(Mandatory)][int] $Of,
    [Parameter(Mandatory)][string] $ResultPath
)

$ErrorActionPreference = 'Stop'
Import-Module $PesterPath
$configuration = New-PesterConfiguration
$files = @(Get-ChildItem $PSScriptRoot -Filter *.Tests.ps1 -Recurse | Sort-Object Name).FullName
$mine = @(for ($at = $Part - 1; $at -lt $files.Count; $at += $Of) { $files[$at] })
$configuration.Run.Container = @(New-PesterContainer -Path $mine -Data @{ OtherRestSharpPath = $OtherRestSharpPath })
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$run = Invoke-Pester -Configuration $configuration
@{
    passed  = $run.PassedCount
    failed  = $run.FailedCount + $run.FailedBlocksCount + $run.FailedContainersCount
    skipped = $run.SkippedCount + $run.NotRunCount + $run.InconclusiveCount
    names   = @(
        $run.Failed + $run.FailedBlocks | Where-Object { $_ } |
            ForEach-Object { "$($_.ExpandedPath): $($_.ErrorRecord | Select-Object -First 1)" }
        $run.FailedContainers | Where-Object { $_ } | ForEach-Object { "$($_.Item): $($_.ErrorRecord | Select-Object -First 1)" }
    )
} | ConvertTo-Json | Set-Content -LiteralPath $ResultPath
