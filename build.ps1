<#
.SYNOPSIS
    Builds, shows and tests Wink.PowerShell.
.EXAMPLE
    ./build.ps1 Demo
.EXAMPLE
    ./build.ps1 Test
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Demo', 'Test', 'TestBuilt', 'Bench', 'Package', 'Publish', 'Clean')]
    [string[]] $Tasks = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'
$results = Join-Path $PSScriptRoot out TestResults

# Called by a person: get Invoke-Build, and let it call this script again.
if ($MyInvocation.ScriptName -notlike '*Invoke-Build.ps1') {
    $project = Join-Path $PSScriptRoot .config build-tools.proj
    dotnet restore $project --verbosity quiet
    if ($LASTEXITCODE) { throw 'The build tools could not be restored.' }
    $tools = dotnet msbuild $project -getProperty:NuGetPackageRoot -getItem:PackageDownload | ConvertFrom-Json

    $packages = @{}
    foreach ($package in $tools.Items.PackageDownload) {
        $packages[$package.Identity] = Join-Path $tools.Properties.NuGetPackageRoot $package.Identity.ToLowerInvariant() $package.Version.Trim('[]')
    }
    $env:WINK_BUILD_PESTER = Join-Path $packages['Pester'] tools Pester.psd1
    $env:WINK_TEST_RESTSHARP = Join-Path $packages['RestSharp'] lib net8.0 RestSharp.dll

    # What an earlier run left says nothing of this one.
    if ($Tasks -like 'Test*') { Remove-Item "$results/summary.txt" -ErrorAction Ignore }
    $failure = $null
    try { & (Join-Path $packages['Invoke-Build'] tools Invoke-Build.ps1) -Task $Tasks -File $PSCommandPath -Configuration $Configuration }
    catch { $failure = $_ }
    if ($failure) { Write-Host $failure -ForegroundColor Red }
    # The last line of a test run, whatever else was printed. Where it did not come to the tests, it has failed as a whole.
    if ($Tasks -like 'Test*') { (Get-Content "$results/summary.txt" -ErrorAction Ignore) ?? '0 passed, 1 failed' }
    exit [int] [bool] $failure
}

function Get-PwshCommand {
    # As a dotnet tool, PowerShell is run by dotnet; else it is a program of its own.
    [Environment]::ProcessPath
    if ((Split-Path ([Environment]::ProcessPath) -LeafBase) -eq 'dotnet') { "$PSHOME/pwsh.dll" }
    '-NoProfile', '-NonInteractive'
}

function Invoke-Pwsh {
    $program, $entry = Get-PwshCommand
    & $program @entry @args
}

function Start-Suite {
    # All that it prints is text: an error record, as a job makes of each line on stderr, would end the build before it has counted.
    param([string[]] $Command)
    Start-ThreadJob {
        $program, $arguments = $using:Command
        try { & $program @arguments 2>&1 | ForEach-Object { "$_" } }
        catch { "$_" }
    }
}

# Synopsis: Builds everything and lays the module out under out/.
task Build {
    exec { dotnet build "$PSScriptRoot/Wink.PowerShell.sln" --configuration $Configuration --nologo --verbosity quiet }
}

# Synopsis: Shows a rotation against the sandbox.
task Demo Build, {
    exec { Invoke-Pwsh -File "$PSScriptRoot/tests/Wink.Sandbox/Demo.ps1" }
}

# Synopsis: Runs both suites and sums them up in one line.
task Test Package, TestBuilt

# Synopsis: The same, of what was built before, perhaps elsewhere.
task TestBuilt {
    Remove-Item $results -Recurse -Force -ErrorAction Ignore
    $null = New-Item -ItemType Directory $results
    # Side by side: they spend most of their time waiting, for servers that are slow on purpose and for new processes.
    $suite = "$PSScriptRoot/tests/Wink.PowerShell.Tests/Invoke-Suite.ps1"
    $parts = 0..2
    $pesters = $parts | ForEach-Object {
        Start-Suite ((Get-PwshCommand) + ('-File', $suite, '-PesterPath', $env:WINK_BUILD_PESTER, '-Part', $_, '-Of', $parts.Count, '-ResultPath', "$results/pester-$_.json"))
    }
    # The assemblies and not the projects, which would want to be restored where they were built elsewhere.
    $tests = 'Wink.Client.Tests', 'Wink.PowerShell.HostTests' |
        ForEach-Object { "$PSScriptRoot/out/bin/$_/$($Configuration.ToLowerInvariant())/$_.dll" }
    $xunits = Start-Suite (@('dotnet', 'test') + $tests + ('--logger', 'trx', '--results-directory', $results))
    $pesters + $xunits | Receive-Job -Wait -AutoRemoveJob

    # A suite that left no result has failed as a whole.
    $run = try { ([xml] (Get-Content "$results/*.trx" -Raw)).TestRun.ResultSummary } catch { @{ outcome = 'None'; Counters = @{} } }
    $xunit = $run.Counters
    $broken = [int] $xunit.executed - [int] $xunit.passed
    # A process that crashed has counted only what came before.
    if ($broken -eq 0 -and $run.outcome -ne 'Completed') { $broken = 1 }
    $pester = foreach ($part in $parts) { try { Get-Content "$results/pester-$part.json" -Raw | ConvertFrom-Json } catch { [pscustomobject] @{ passed = 0; failed = 1; skipped = 0 } } }
    $passed = [int] $xunit.passed + ($pester | Measure-Object passed -Sum).Sum
    $failed = $broken + ($pester | Measure-Object failed -Sum).Sum
    $skipped = [int] $xunit.total - [int] $xunit.executed + ($pester | Measure-Object skipped -Sum).Sum
    $summary = "$passed passed, $failed failed"
    if ($skipped) { $summary += ", $skipped skipped" }
    Set-Content "$results/summary.txt" $summary
    assert ($failed -eq 0 -and [int] $xunit.passed -gt 0 -and $pester.passed -notcontains 0) 'Not all tests passed.'
}

# Synopsis: Measures what the module costs, beside what else one would use, and prints a table. It takes some minutes.
task Bench Build, {
    exec { Invoke-Pwsh -File "$PSScriptRoot/tests/Wink.Benchmarks/Bench.ps1" -BenchmarkPath "$PSScriptRoot/out/bin/Wink.Benchmarks/$($Configuration.ToLowerInvariant())/Wink.Benchmarks.dll" }
}

# Synopsis: Packs the module for the gallery and for Azure Automation, with a bill of what it is made of.
task Package Build, {
    $version = (Import-PowerShellDataFile "$PSScriptRoot/Wink.PowerShell.psd1").ModuleVersion
    $out = Join-Path $PSScriptRoot out
    exec { Invoke-Pwsh -File "$PSScriptRoot/.config/Package.ps1" -ModulePath "$out/Wink.PowerShell/$version" -Destination $out }

    $bill = "Wink.PowerShell.$version.cdx.json"
    exec { dotnet tool exec -y cyclonedx -- "$PSScriptRoot/src/Wink.Client/Wink.Client.csproj" --output $out --filename $bill --output-format Json --no-serial-number --set-name Wink.PowerShell --set-version $version }
    # The same commit gives the same files.
    $made = Get-Content "$out/$bill" -Raw | ConvertFrom-Json -Depth 20 -DateKind String
    $made.metadata.PSObject.Properties.Remove('timestamp')
    $made | ConvertTo-Json -Depth 20 | Set-Content "$out/$bill"
}

# Synopsis: Publishes what was packed; the key of the gallery comes from the environment.
task Publish {
    Publish-PSResource -NupkgPath (Join-Path $PSScriptRoot out *.nupkg -Resolve) -Repository PSGallery -ApiKey $env:WINK_GALLERY_KEY
}

# Synopsis: Removes everything built.
task Clean {
    remove "$PSScriptRoot/out"
}
