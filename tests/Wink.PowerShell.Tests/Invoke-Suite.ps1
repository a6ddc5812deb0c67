# Runs files of the suite in this process, as one of several that share them, and writes the counts. A file or block that could not run
# counts as failed.
param(
    [Parameter(Mandatory)][string] $PesterPath,
    # Isolation.Tests.ps1 loads it beside ours.
    [Parameter(Mandatory)][string] $OtherRestSharpPath,
    # Where the processes mark the files that they have taken.
    [Parameter(Mandatory)][string] $SharedPath,
    [Parameter(Mandatory)][string] $ResultPath
)

$ErrorActionPreference = 'Stop'
Import-Module $PesterPath
$total = @{ passed = 0; failed = 0; skipped = 0; names = @() }

# The longest first, so that all processes end at about the same time; and before them the one that waits for half a minute.
$order = { $_.Name -like '*.TwiceAtOnce.*' }, 'Length'
foreach ($file in Get-ChildItem $PSScriptRoot -Filter *.Tests.ps1 -Recurse | Sort-Object $order -Descending) {
    try { [IO.File]::Open((Join-Path $SharedPath "$($file.Name).taken"), 'CreateNew').Dispose() }
    catch [IO.IOException] { continue }

    $configuration = New-PesterConfiguration
    $configuration.Run.Container = New-PesterContainer -Path $file.FullName -Data @{ OtherRestSharpPath = $OtherRestSharpPath }
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'Normal'
    $run = Invoke-Pester -Configuration $configuration
    $total.passed += $run.PassedCount
    $total.failed += $run.FailedCount + $run.FailedBlocksCount + $run.FailedContainersCount
    $total.skipped += $run.SkippedCount + $run.NotRunCount + $run.InconclusiveCount
    $total.names += @(
        $run.Failed + $run.FailedBlocks | Where-Object { $_ } |
            ForEach-Object { "$($_.ExpandedPath): $($_.ErrorRecord | Select-Object -First 1)" }
        $run.FailedContainers | Where-Object { $_ } | ForEach-Object { "$($_.Item): $($_.ErrorRecord | Select-Object -First 1)" }
    )
}

$total | ConvertTo-Json | Set-Content -LiteralPath $ResultPath
