<#
.SYNOPSIS
    Rotates an application and saves its new credentials in a SecretManagement vault.
.DESCRIPTION
    The vault must hold the application's valid credentials, as a PSCredential. Before anything is sent, they are tried at IAM and saved
    once, so a vault that is locked or cannot be written shows while they still work. An encrypted copy of the new credentials is in escrow
    before they are saved: if the save fails or the process dies, Restore-WinkCredential.ps1 reads it.

    Exit code 0: the vault holds the new credentials, and IAM accepts them; the last line says which. Exit code 1: the error says what to
    do.
.EXAMPLE
    pwsh -NonInteractive -File Update-WinkSecret.ps1 travel-tech booking-engine -Name wink-booking -Vault made-up `
        -EscrowPath /var/escrow -EscrowCertificate escrow.cer
#>
param(
    [Parameter(Mandatory, Position = 0)][string] $ManagingEntityId,
    [Parameter(Mandatory, Position = 1)][string] $ApplicationId,
    [Parameter(Mandatory)][string] $Name,
    [Parameter(Mandatory)][string] $Vault,
    [Parameter(Mandatory)][string] $EscrowPath,
    [Parameter(Mandatory)] $EscrowCertificate,

    # Rotates although the vault holds no valid credentials: the first time, or when nobody has the valid ones.
    [switch] $Force,

    # Without one, it connects with WINK_CLIENT_ID and WINK_CLIENT_SECRET, and disconnects at the end.
    $Connection = (Get-WinkConnection)
)

$ErrorActionPreference = 'Stop'
$current = $Force ? @{} : @{ CurrentCredential = Get-Secret -Name $Name -Vault $Vault -ErrorAction Stop; RehearseSave = $true }

$own = $Connection ? $null : (Connect-Wink -EnvironmentVariable -PassThru)
try {
    $rotation = @{
        ManagingEntityId  = $ManagingEntityId
        ApplicationId     = $ApplicationId
        SaveWith          = { Set-Secret -Name $Name -Vault $Vault -Secret $_.Credential }
        EscrowPath        = $EscrowPath
        EscrowCertificate = $EscrowCertificate
        # After the save: another run at the same moment may have rotated it, too.
        Verify            = $true
        Connection        = $own ?? $Connection
        Confirm           = $false
        # Shows the audit record, which has no secret.
        InformationAction = 'Continue'
    }
    $null = Invoke-WinkCredentialRotation @rotation @current
}
finally { if ($own) { Disconnect-Wink -Connection $own } }
