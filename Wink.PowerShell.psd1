@{
    RootModule           = 'out/Wink.PowerShell/bin/Wink.PowerShell.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '5f0c2b0e-6d0f-4c57-9a53-5a3d0f4f7f21'
    Author               = 'Wink.PowerShell contributors'
    CompanyName          = 'Wink.PowerShell contributors'
    Copyright            = '(c) Wink.PowerShell contributors'
    Description          = @'
Rotates the credentials of Wink applications: sent at most once, its outcome always known, its response never lost, its secret never shown.
'@
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('src/Wink.PowerShell/Wink.PowerShell.Format.ps1xml')
    FunctionsToExport    = @()
    CmdletsToExport      = @(
        'Clear-WinkCredentialRotation', 'Connect-Wink', 'Disconnect-Wink', 'Get-WinkApplication', 'Get-WinkConnection',
        'Get-WinkCredentialRotation', 'Get-WinkManagingEntity', 'Invoke-WinkCredentialRotation', 'Switch-WinkCredential',
        'Test-WinkCredential'
    )
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags = @('Wink', 'OAuth2', 'Credential', 'Rotation', 'Secret', 'Travel', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
        }
    }
}
