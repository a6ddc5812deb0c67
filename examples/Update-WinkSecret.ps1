<#
.SYNOPSIS
    Rotates an application and stores the new pair with SecretManagement.
.EXAMPLE
    ./Update-WinkSecret.ps1 travel-tech booking-engine -Name wink-booking-engine -Vault made-up-vault
#>
param(
    [Parameter(Mandatory, Position = 0)][string] $ManagingEntityId,
    [Parameter(Mandatory, Position = 1)][string] $ApplicationId,
    [Parameter(Mandatory)][string] $Name,
    [Parameter(Mandatory)][string] $Vault,

    # How to connect, as Connect-Wink takes it.
    [hashtable] $Wink = @{ EnvironmentVariable = $true }
)

$ErrorActionPreference = 'Stop'
# Before the old pair dies: a vault that is locked or gone would be found too late.
if (-not (Test-SecretVault -Name $Vault)) { throw "The vault $Vault can't be used; nothing was rotated." }

Connect-Wink @Wink
try {
    $rotation = Invoke-WinkCredentialRotation $ManagingEntityId $ApplicationId -Confirm:$false
    Set-Secret -Name $Name -Vault $Vault -Secret $rotation.Credential -ErrorAction Stop
    $rotation
}
finally { Disconnect-Wink }
