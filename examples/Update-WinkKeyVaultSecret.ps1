<#
.SYNOPSIS
    Rotates an application and saves its new credentials in Azure Key Vault.
.DESCRIPTION
    The value is the client secret. The value, the tag ClientId and the expiry are set in one call, so each version is complete. Before
    anything is sent, the current version is written once more: the right to read a secret does not prove the right to write it. Sign in to
    Azure first, with Connect-AzAccount.

    Exit code 0: the newest version has the new credentials, and IAM accepts them; the last line says which. Exit code 1: the error says
    what to do.
.EXAMPLE
    ./Update-WinkKeyVaultSecret.ps1 travel-tech booking-engine -VaultName made-up -Name wink-booking `
        -EscrowPath /var/escrow -EscrowCertificate escrow.cer
#>
param(
    [Parameter(Mandatory, Position = 0)][string] $ManagingEntityId,
    [Parameter(Mandatory, Position = 1)][string] $ApplicationId,
    [Parameter(Mandatory)][string] $VaultName,
    [Parameter(Mandatory)][string] $Name,
    [Parameter(Mandatory)][string] $EscrowPath,
    [Parameter(Mandatory)] $EscrowCertificate,

    # When the new version expires: later than the next rotation.
    [int] $ExpiresAfterDays = 90,

    # Without one, it connects with WINK_CLIENT_ID and WINK_CLIENT_SECRET, and disconnects at the end.
    $Connection = (Get-WinkConnection)
)

$ErrorActionPreference = 'Stop'
$stored = Get-AzKeyVaultSecret -VaultName $VaultName -Name $Name -ErrorAction Stop
if (-not $stored.Tags.ClientId) { throw "Nothing was rotated: secret $Name in vault $VaultName is missing, or it has no tag ClientId." }

$own = $Connection ? $null : (Connect-Wink -EnvironmentVariable -PassThru)
try {
    $rotation = @{
        ManagingEntityId  = $ManagingEntityId
        ApplicationId     = $ApplicationId
        CurrentCredential = [pscredential]::new($stored.Tags.ClientId, $stored.SecretValue)
        RehearseSave      = $true
        SaveWith          = {
            $version = @{
                SecretValue = $_.Credential.Password
                ContentType = 'Wink client secret'
                Tag         = @{ ClientId = $_.ClientId; ApplicationId = $_.ApplicationId }
                # The rehearsal does not prolong the current credentials.
                Expires     = $_.IsRehearsal ? $stored.Expires : $_.RotatedAt.AddDays($ExpiresAfterDays)
            }
            Set-AzKeyVaultSecret -VaultName $VaultName -Name $Name @version
        }
        EscrowPath        = $EscrowPath
        EscrowCertificate = $EscrowCertificate
        # After the save: another run at the same moment may have rotated it, too.
        Verify            = $true
        Connection        = $own ?? $Connection
        Confirm           = $false
        # Shows the audit record, which has no secret.
        InformationAction = 'Continue'
    }
    $null = Invoke-WinkCredentialRotation @rotation
}
finally { if ($own) { Disconnect-Wink -Connection $own } }
