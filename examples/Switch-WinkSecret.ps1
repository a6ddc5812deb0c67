<#
.SYNOPSIS
    Rotates without an outage: of two applications that take turns, it rotates the one that is not in use, and saves its new credentials
    where consumers read them.
.DESCRIPTION
    Consumers read one secret of a SecretManagement vault. It holds the credentials of one of the two applications; that one is not touched,
    so consumers that have not read the secret again go on. Schedule it less often than the slowest consumer reads the secret again.

    A rotation that is lost on the way, or cannot be saved, costs nothing: the secret stays valid, and the next run rotates the standby
    application once more.

    Exit code 0: the secret holds new credentials, and IAM accepts them; the last line says which. Exit code 1: the error says what to do.
.EXAMPLE
    pwsh -NonInteractive -File Switch-WinkSecret.ps1 travel-tech booking-a booking-b -Name wink-booking -Vault made-up
#>
param(
    [Parameter(Mandatory, Position = 0)][string] $ManagingEntityId,
    [Parameter(Mandatory, Position = 1)][string] $ApplicationId,
    [Parameter(Mandatory, Position = 2)][string] $OtherApplicationId,
    [Parameter(Mandatory)][string] $Name,
    [Parameter(Mandatory)][string] $Vault,

    # Without one, it connects with WINK_CLIENT_ID and WINK_CLIENT_SECRET, and disconnects at the end.
    $Connection = (Get-WinkConnection)
)

$ErrorActionPreference = 'Stop'
$own = $Connection ? $null : (Connect-Wink -EnvironmentVariable -PassThru)
try {
    $switch = @{
        ManagingEntityId  = $ManagingEntityId
        ApplicationId     = $ApplicationId, $OtherApplicationId
        # Just before the switch: whose credentials these are tells which application is in use.
        CurrentCredential = Get-Secret -Name $Name -Vault $Vault -ErrorAction Stop
        SaveWith          = { Set-Secret -Name $Name -Vault $Vault -Secret $_.Credential }
        Connection        = $own ?? $Connection
        Confirm           = $false
        # Shows the audit record, which has no secret.
        InformationAction = 'Continue'
    }
    $null = Switch-WinkCredential @switch
}
finally { if ($own) { Disconnect-Wink -Connection $own } }
