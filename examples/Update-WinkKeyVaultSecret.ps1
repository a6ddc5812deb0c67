<#
.SYNOPSIS
    Rotates an application and stores the new secret in Azure Key Vault, with the client id as its content type.
.EXAMPLE
    ./Update-WinkKeyVaultSecret.ps1 travel-tech booking-engine -VaultName made-up-vault -Name wink-booking-engine
#>
param(
    [Parameter(Mandatory, Position = 0)][string] $ManagingEntityId,
    [Parameter(Mandatory, Position = 1)][string] $ApplicationId,
    [Parameter(Mandatory)][string] $VaultName,
    [Parameter(Mandatory)][string] $Name,

    # How to connect, as Connect-Wink takes it.
    [hashtable] $Wink = @{ EnvironmentVariable = $true }
)

$ErrorActionPreference = 'Stop'
# Before anything is revoked: whoever may not read the vault may hardly write to it.
$null = Get-AzKeyVaultSecret -VaultName $VaultName -Name $Name -ErrorAction Stop

Connect-Wink @Wink
try {
    $rotation = Invoke-WinkCredentialRotation $ManagingEntityId $ApplicationId -Confirm:$false
    $null = Set-AzKeyVaultSecret -VaultName $VaultName -Name $Name -SecretValue $rotation.Credential.Password `
        -ContentType $rotation.ClientId -ErrorAction Stop
    $rotation
}
finally { Disconnect-Wink }
