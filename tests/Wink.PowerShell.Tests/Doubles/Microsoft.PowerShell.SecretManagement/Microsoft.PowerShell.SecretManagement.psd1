@{
    RootModule        = 'Microsoft.PowerShell.SecretManagement.psm1'
    ModuleVersion     = '0.0.1'
    GUID              = '5e1c1f0e-6a51-4f0b-9d5c-6b3d4e3c8a11'
    FunctionsToExport = @('Get-Secret', 'Set-Secret', 'Remove-Secret', 'Test-SecretVault')
    CmdletsToExport   = @()
    AliasesToExport   = @()
    VariablesToExport = @()
}
