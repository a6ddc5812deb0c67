$root = $PSScriptRoot
if (-not (Test-Path -LiteralPath (Join-Path $root bin Wink.PowerShell.Loader.dll))) {
    # A clone: what was built lies under out, by the version that the manifest names.
    $clone = Split-Path (Split-Path $PSScriptRoot)
    $version = (Import-PowerShellDataFile -LiteralPath (Join-Path $clone Wink.PowerShell.psd1)).ModuleVersion
    $root = Join-Path $clone out Wink.PowerShell $version
    if (-not (Test-Path -LiteralPath (Join-Path $root bin Wink.PowerShell.Loader.dll))) {
        throw "Wink.PowerShell $version is not built yet. Run ./build.ps1 in $clone, then import it again."
    }
}

$path = Join-Path $root bin Wink.PowerShell.Loader.dll
# Not Add-Type: it takes 80 ms for the same.
$loader = [System.Reflection.Assembly]::LoadFrom($path)
if ($loader.Location -ne $path) {
    throw "Another copy of Wink.PowerShell is loaded in this process, from $(Split-Path (Split-Path $loader.Location)). Start a new PowerShell to use the one in $root."
}

$context = $loader.GetType('Wink.PowerShell.Loader.ModuleLoadContext')
# The client has no cmdlets. Importing it lets scripts name its types, as in catch [Wink.Client.RotationOutcomeException].
$imported = $context::ModuleAssemblies | ForEach-Object { Import-Module -Assembly $_ -PassThru }
# Without this, Import-Module -Force would leave a module without cmdlets.
$ExecutionContext.SessionState.Module.OnRemove = { $imported | Remove-Module }.GetNewClosure()
