@{
    RootModule        = 'WinkSandbox.psm1'
    ModuleVersion     = '0.0.1'
    GUID              = '0d0f9c5f-4a0e-4d6c-8a5e-2f6f4f1f7c22'
    FunctionsToExport = @('Connect-Wink')
    CmdletsToExport   = @(
        'Clear-WinkCredentialRotation', 'Disconnect-Wink', 'Get-WinkApplication', 'Get-WinkConnection', 'Get-WinkCredentialRotation',
        'Get-WinkManagingEntity', 'Invoke-WinkCredentialRotation', 'Switch-WinkCredential', 'Test-WinkCredential'
    )
    AliasesToExport   = @()
    VariablesToExport = @()
}
