# What the benchmarks share: things measured side by side, in turn, in one run, and the row that a figure becomes.
$ErrorActionPreference = 'Stop'
Import-Module $PSScriptRoot/../Wink.PowerShell.Tests/TestBed.psm1

function Invoke-Pwsh {
    # Runs a script in a pwsh of its own.
    param([Parameter(Mandatory)][scriptblock] $Script, [object[]] $ArgumentList = @(), [string[]] $Pwsh = (Get-PwshCommand))
    $program, [string[]] $arguments = $Pwsh
    & $program @arguments -NoProfile -NonInteractive -Command "& $(ConvertTo-Text $Script $ArgumentList)"
    if ($LASTEXITCODE) { throw "This failed: $Script" }
}

function Get-Median {
    param([Parameter(Mandatory)][double[]] $Value)
    $sorted = @($Value | Sort-Object)
    ($sorted[[Math]::Floor(($sorted.Count - 1) / 2)] + $sorted[[Math]::Floor($sorted.Count / 2)]) / 2
}

function Measure-InTurn {
    # Runs the scripts in turn, so often, and returns each one's times in milliseconds; the first turn warms up and does not count.
    param([Parameter(Mandatory)][Collections.Specialized.OrderedDictionary] $Script, [Parameter(Mandatory)][int] $Turns)
    $times = @{}
    foreach ($turn in 0..$Turns) {
        foreach ($name in $Script.Keys) {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $null = & $Script[$name]
            if ($turn -gt 0) { $times[$name] += , $watch.Elapsed.TotalMilliseconds }
        }
    }
    $times
}

function Get-Ratio {
    # The median of the ratios turn by turn: the machine's speed drifts, but hardly within one turn.
    param([Parameter(Mandatory)][double[]] $Of, [Parameter(Mandatory)][double[]] $To)
    Get-Median (0..($Of.Count - 1) | ForEach-Object { $Of[$_] / $To[$_] })
}

function New-Row {
    param(
        [Parameter(Mandatory)][string] $Figure,
        [Parameter(Mandatory)][string] $Value,
        [string] $Target = '',
        [Parameter(Mandatory)][string] $Method
    )
    [pscustomobject]@{ Figure = $Figure; Value = $Value; Target = $Target; Method = $Method }
}

Export-ModuleMember -Function *
