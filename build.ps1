<#
.SYNOPSIS
    Builds, shows and tests Wink.PowerShell.
.EXAMPLE
    ./build.ps1 Demo
.EXAMPLE
    ./build.ps1 Test
.EXAMPLE
    ./build.ps1 Test -Runtime 9
.EXAMPLE
    ./build.ps1 Mutate -MutatedFile 'Rotation/*.cs'
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Demo', 'Test', 'TestBuilt', 'Mutate', 'Bench', 'Package', 'Publish', 'Clean')]
    [string[]] $Tasks = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    # The .NET that the client's whole suite runs on as well as on .NET 10. Without it: .NET 8, and only what depends on the runtime.
    [ValidateSet('8', '9')]
    [string] $Runtime,

    # What Mutate breaks: files of src/Wink.Client and src/Wink.PowerShell, with wildcards.
    [string[]] $MutatedFile = @('Rotation/*.cs', 'Http/*.cs', 'OAuth/*.cs', 'Escrow/*.cs', 'Errors/*.cs')
)

$ErrorActionPreference = 'Stop'

# On a new machine this takes a while, and dotnet restore shows nothing.
Write-Host 'Restoring the build tools ...'
$project = "$PSScriptRoot/.build/tools.proj"
dotnet restore $project --verbosity quiet
if ($LASTEXITCODE) { throw 'The build tools could not be restored.' }
$tools = dotnet msbuild $project -getProperty:NuGetPackageRoot -getItem:PackageDownload | ConvertFrom-Json
$path = @{}
foreach ($package in $tools.Items.PackageDownload) {
    $folder = Join-Path $tools.Properties.NuGetPackageRoot $package.Identity.ToLowerInvariant() $package.Version.Trim('[]')
    $path[$package.Identity] = Join-Path $folder $package.File
}

# A run that does not reach the tests counts as one failure.
$testSummary = @{ Text = '0 passed, 1 failed' }
$parameters = @{
    Configuration      = $Configuration
    PesterPath         = $path['Pester']
    OtherRestSharpPath = $path['RestSharp']
    Runtime            = $Runtime
    # From another shell, several come as one text.
    MutatedFile        = $MutatedFile -split ','
    TestSummary        = $testSummary
}
$failed = $false
try {
    & $path['Invoke-Build'] -Task $Tasks -File "$PSScriptRoot/.build/Wink.PowerShell.build.ps1" @parameters
}
catch {
    $failed = $true
    Write-Host $_ -ForegroundColor Red
}

# CI reads the last line of a test run, so it comes after all that Invoke-Build prints.
if ($Tasks -like 'Test*') { $testSummary.Text }
exit [int] $failed
