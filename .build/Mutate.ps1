# Runs Stryker on files of the client and of the cmdlets, each with its own tests, and returns every mutant and what became of it.
param(
    # With wildcards, below the folders of the two projects.
    [Parameter(Mandatory)][string[]] $File,
    [Parameter(Mandatory)][string] $Configuration,
    [Parameter(Mandatory)][string] $Destination
)

$root = Split-Path $PSScriptRoot
# Stryker's other runner does not see which test of xunit v3 covers what.
$env:IsTestingPlatformApplication = 'true'
try {
    foreach ($project in @{ Name = 'Wink.Client'; Tests = 'Wink.Client.Tests' },
        @{ Name = 'Wink.PowerShell'; Tests = 'Wink.PowerShell.HostTests' }) {
        $files = $File | Where-Object { Test-Path "$root/src/$($project.Name)/$_" }
        if (-not $files) { continue }
        $output = Join-Path $Destination $project.Name
        $options = @(
            '--config-file', "$PSScriptRoot/stryker.json", '--project', "$($project.Name).csproj"
            '--configuration', $Configuration, '--output', $output
            $files.ForEach{ '--mutate', "**/$_" }
        )
        # Beside the solution it would test all of it.
        Push-Location "$root/tests/$($project.Tests)"
        try {
            dotnet tool exec -y dotnet-stryker -- @options | Out-Host
            if ($LASTEXITCODE) { throw "Stryker could not test $($project.Name)." }
        }
        finally { Pop-Location }

        $report = Get-Content "$output/reports/mutation-report.json" -Raw | ConvertFrom-Json -AsHashtable
        foreach ($path in $report.files.Keys) {
            foreach ($mutant in $report.files[$path].mutants) {
                [pscustomobject]@{
                    Place  = "$([IO.Path]::GetRelativePath($root, $path)):$($mutant.location.start.line)"
                    Kind   = $mutant.mutatorName
                    Text   = $mutant.replacement -replace '\s+', ' '
                    Status = $mutant.status
                }
            }
        }
    }
}
finally { $env:IsTestingPlatformApplication = $null }
