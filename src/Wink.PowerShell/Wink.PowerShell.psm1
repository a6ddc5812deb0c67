# As little script as can be, and nothing from other modules: Join-Path alone costs more than everything here.
$file = "$PSScriptRoot/bin/Wink.PowerShell.Loader.dll"
if (-not [System.IO.File]::Exists($file)) {
    # A clone: what was built lies under out, by the version that the manifest names.
    $clone = Split-Path (Split-Path $PSScriptRoot)
    $version = (Import-PowerShellDataFile -LiteralPath (Join-Path $clone Wink.PowerShell.psd1)).ModuleVersion
    $file = Join-Path $clone out Wink.PowerShell $version bin Wink.PowerShell.Loader.dll
    if (-not (Test-Path -LiteralPath $file)) {
        throw "Wink.PowerShell $version is not built yet. Run ./build.ps1 in $clone, then import it again."
    }
}

# Not Add-Type: it takes 80 ms for the same.
$loader = [System.Reflection.Assembly]::LoadFrom($file)
if ($loader.Location -ne [System.IO.Path]::GetFullPath($file)) {
    throw "Another copy of Wink.PowerShell is loaded in this process, from $(Split-Path (Split-Path $loader.Location)). Start a new PowerShell to use the one in $(Split-Path (Split-Path $file))."
}

# The client has no cmdlets. Importing it lets scripts name its types, as in catch [Wink.Client.RotationOutcomeException].
$imported = Import-Module -Assembly $loader.GetType('Wink.PowerShell.Loader.ModuleLoadContext')::ModuleAssemblies -PassThru
# Without this, Import-Module -Force would leave a module without cmdlets.
$ExecutionContext.SessionState.Module.OnRemove = { $imported | Remove-Module }
