# The tasks of build.ps1, run by Invoke-Build.
param(
    [Parameter(Mandatory)][string] $Configuration,
    [Parameter(Mandatory)][string] $PesterPath,
    # A version of RestSharp that is not ours.
    [Parameter(Mandatory)][string] $OtherRestSharpPath,
    # The .NET to run the client's whole suite on, or nothing.
    [string] $Runtime,
    # What Mutate breaks.
    [Parameter(Mandatory)][string[]] $MutatedFile,
    # TestBuilt sets its Text.
    [Parameter(Mandatory)][hashtable] $TestSummary
)

$BuildRoot = Split-Path $PSScriptRoot
$out = "$BuildRoot/out"
$version = (Import-PowerShellDataFile "$BuildRoot/Wink.PowerShell.psd1").ModuleVersion

# As a dotnet tool, PowerShell is run by dotnet; otherwise it is a program of its own.
$pwsh = [Environment]::ProcessPath
$pwshArguments = @(if ((Split-Path $pwsh -LeafBase) -eq 'dotnet') { "$PSHOME/pwsh.dll" }) + '-NoProfile', '-NonInteractive', '-File'

function Get-BuiltAssembly {
    param([string] $Name)
    "$out/bin/$Name/$($Configuration.ToLowerInvariant())/$Name.dll"
}

function Start-Suite {
    param([string] $Program, [string[]] $Arguments)
    Start-ThreadJob {
        # As text: a line on stderr would be an error record, and end the build before the tests are counted.
        try { & $using:Program @using:Arguments 2>&1 | ForEach-Object { "$_" } }
        catch { "$_" }
    }
}

# Returns the dotnet of a runtime that is not installed, or nothing if it cannot be restored.
function Get-RuntimeHost {
    param([string] $Version)
    $layOut = "$PSScriptRoot/runtime.proj", '-target:LayOutRuntime', "-property:Runtime=$Version", '-getProperty:RuntimeHost'
    # Errors go to stderr, and only the property to stdout.
    $runtimeHost = dotnet build @layOut --nologo --verbosity quiet
    if ($LASTEXITCODE -eq 0) { $runtimeHost }
}

function Read-TestCount {
    param([string] $Path)
    try {
        if ($Path -like '*.json') { $count = Get-Content $Path -Raw | ConvertFrom-Json -AsHashtable }
        else {
            $test = ([xml] (Get-Content $Path -Raw)).TestRun
            $run = $test.ResultSummary
            $total, $executed, $passed = [int[]] ($run.Counters.total, $run.Counters.executed, $run.Counters.passed)
            $count = @{ passed = $passed; failed = $executed - $passed; skipped = $total - $executed }
            $count.names = @($test.Results.UnitTestResult | Where-Object outcome -EQ 'Failed' | ForEach-Object {
                    "$($_.testName): $($_.Output.ErrorInfo.Message)"
                })
            # A process that crashed has counted only what came before.
            if ($run.outcome -ne 'Completed' -and $count.failed -eq 0) { $count.failed = 1 }
        }
    }
    catch { $count = @{} }
    # A suite that left no result, or ran no test, has failed as a whole.
    $count.passed -or $count.failed ? $count : @{ passed = 0; failed = 1; skipped = 0; names = "$Path`: no test ran" }
}

# Synopsis: Fails if a line of C# or PowerShell is longer than .editorconfig allows.
task CheckLineLength {
    $maximum = [int] (Select-String 'max_line_length\s*=\s*(\d+)' "$BuildRoot/.editorconfig").Matches[0].Groups[1].Value
    $sources = Get-ChildItem $BuildRoot -Exclude out -Force |
        Get-ChildItem -Recurse -File -Force -Include *.cs, *.ps1, *.psm1, *.psd1, *.ps1xml
    $long = $sources | Select-String ".{$($maximum + 1)}" | ForEach-Object { "$($_.Path):$($_.LineNumber)" }
    assert (-not $long) "More than $maximum characters in a line (max_line_length in .editorconfig):`n$($long -join "`n")"
}

# Synopsis: Builds everything and lays the module out under out/.
task Build CheckLineLength, {
    # dotnet build shows nothing until its end.
    $first = if (-not (Test-Path "$out/Wink.PowerShell")) { ' It can take some minutes the first time.' }
    Write-Host "Building the module and its tests ...$first"
    exec { dotnet build "$BuildRoot/Wink.PowerShell.sln" --configuration $Configuration --nologo --verbosity quiet }
}

# Synopsis: Shows a rotation against the sandbox.
task Demo Build, {
    Write-Host 'Starting the simulated Wink ...'
    exec { & $pwsh @pwshArguments "$BuildRoot/tests/Wink.Sandbox/Demo.ps1" }
}

# Synopsis: Runs all suites and sums them up in one line.
task Test Package, TestBuilt

# Synopsis: Tests what was built before, perhaps on another machine.
task TestBuilt {
    $results = "$out/TestResults"
    remove $results
    $null = New-Item -ItemType Directory $results

    # The client's tests run on an older .NET, too. Each time it is the one of Azure Automation, and only what depends on the runtime.
    $older = $Runtime ? $Runtime : '8'
    $filter = if (-not $Runtime) { '-trait', 'Runtime=Each' }
    $olderHost = Get-RuntimeHost $older
    if (-not $olderHost) { Write-Build Yellow "The client's tests do not run on .NET $older, which could not be restored: see above." }
    # A test compares it with the runtime that it runs on. With an empty one it expects the newest.
    $env:WINK_RUNTIME = $older
    # .NET measures code that it may compile once more, better. That does not pay off in processes that are so short.
    $env:DOTNET_TieredPGO = '0'

    # Side by side: they spend most of their time waiting, for servers that are slow on purpose and for new processes.
    $parts = 3
    $xunit = 'Wink.Client.Tests', 'Wink.PowerShell.HostTests'
    $jobs = @(
        foreach ($part in 1..$parts) {
            Start-Suite $pwsh ($pwshArguments + "$BuildRoot/tests/Wink.PowerShell.Tests/Invoke-Suite.ps1" + @(
                    '-PesterPath', $PesterPath, '-OtherRestSharpPath', $OtherRestSharpPath
                    '-SharedPath', $results, '-ResultPath', "$results/pester-$part.json"))
        }
        # The assembly and not the project, which would need a restore when it was built on another machine.
        foreach ($suite in $xunit) {
            Start-Suite dotnet (@('test', (Get-BuiltAssembly $suite), '--logger', "trx;LogFileName=$suite.trx"
                    '--results-directory', $results, '--environment', 'WINK_RUNTIME='))
        }
        # Run by itself: dotnet test belongs to the SDK, which the older .NET has not. As five jobs run at once, it begins when the first
        # of the others has ended.
        if ($olderHost) {
            $run = 'exec', (Get-BuiltAssembly Wink.Client.Tests), '-noLogo', '-noColor', '-result-trx', "$results/older.trx"
            Start-Suite $olderHost ($run + $filter)
        }
    )
    try { $jobs | Receive-Job -Wait -AutoRemoveJob }
    # They would stay in the session of whoever called build.ps1.
    finally { $env:WINK_RUNTIME = $env:DOTNET_TieredPGO = $null }

    $counts = @(
        foreach ($part in 1..$parts) { Read-TestCount "$results/pester-$part.json" }
        foreach ($suite in $xunit) { Read-TestCount "$results/$suite.trx" }
        if ($olderHost) { Read-TestCount "$results/older.trx" }
        # What was asked for must run. One stands for all tests that did not.
        elseif ($Runtime) { @{ passed = 0; failed = 1; skipped = 0; names = "The client on .NET $older`: no test ran" } }
        else { @{ passed = 0; failed = 0; skipped = 1 } }
    )
    $passed, $failed, $skipped = foreach ($kind in 'passed', 'failed', 'skipped') { ($counts.$kind | Measure-Object -Sum).Sum }
    # Once more at the end, where they are found among the output of suites that ran side by side.
    foreach ($name in $counts.names) { Write-Build Red "FAILED $name" }
    $TestSummary.Text = "$passed passed, $failed failed$(if ($skipped) { ", $skipped skipped" })"
    assert ($failed -eq 0) 'Not all tests passed.'
}

# Synopsis: Breaks the code in every way that Stryker knows, and lists the ways that no test sees. It takes hours.
task Mutate {
    $mutants = & "$PSScriptRoot/Mutate.ps1" -File $MutatedFile -Configuration $Configuration -Destination "$out/Mutation"
    $seen = @($mutants | Where-Object Status -In Killed, Timeout).Count
    $unseen = @($mutants | Where-Object Status -In Survived, NoCoverage)
    assert ($seen + $unseen.Count) "Nothing was broken. Is there a file like $($MutatedFile -join ' or ')?"
    foreach ($mutant in $unseen) { Write-Build Yellow "$($mutant.Place) $($mutant.Kind): $($mutant.Text) ($($mutant.Status))" }
    $score = 100 * $seen / ($seen + $unseen.Count)
    Write-Build Green ('Mutation score {0:0.0} %: {1} of {2} were seen by a test.' -f $score, $seen, ($seen + $unseen.Count))
    assert ($score -ge 90) 'The mutation score is below 90 %.'
}

# Synopsis: Measures what the module costs beside the alternatives, and prints a table. It takes some minutes.
task Bench Build, {
    $bench = "$BuildRoot/tests/Wink.Benchmarks"
    $precompiled = "$out/PrecompiledPwsh"
    exec { dotnet publish "$bench/PrecompiledPwsh.csproj" --output $precompiled --nologo --verbosity quiet }
    $paths = '-BenchmarkPath', (Get-BuiltAssembly Wink.Benchmarks), '-PrecompiledPwshPath', "$precompiled/pwsh.dll"
    exec { & $pwsh @pwshArguments "$bench/Bench.ps1" @paths }
}

# Synopsis: Packs the module for the gallery and for Azure Automation, with a bill of materials.
task Package Build, {
    Write-Host 'Packing the module ...'
    & "$PSScriptRoot/Package.ps1" -ModulePath "$out/Wink.PowerShell" -Destination $out

    $bill = "Wink.PowerShell.$version.cdx.json"
    $options = '--output', $out, '--filename', $bill, '--output-format', 'Json', '--no-serial-number',
        '--set-name', 'Wink.PowerShell', '--set-version', $version
    exec { dotnet tool exec -y cyclonedx -- "$BuildRoot/src/Wink.Client.RestSharp/Wink.Client.RestSharp.csproj" @options }
    # The same commit gives the same files.
    $made = Get-Content "$out/$bill" -Raw | ConvertFrom-Json -Depth 20 -DateKind String
    $made.metadata.PSObject.Properties.Remove('timestamp')
    $made | ConvertTo-Json -Depth 20 | Set-Content "$out/$bill"
}

# Synopsis: Publishes the package; the API key of the gallery comes from the environment.
task Publish {
    Publish-PSResource -NupkgPath (Join-Path $out *.nupkg -Resolve) -Repository PSGallery -ApiKey $env:WINK_GALLERY_KEY
}

# Synopsis: Removes everything built.
task Clean {
    remove $out
}
