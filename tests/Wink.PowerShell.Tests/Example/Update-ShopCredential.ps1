<#
.SYNOPSIS
    Rotates the credentials of the shop's booking engine and saves them where the shop reads them.
.DESCRIPTION
    A user's script, to show how one is tested: see Update-ShopCredential.Tests.ps1 beside it.
#>
[CmdletBinding()]
param(
    [string] $Name = 'Booking engine',

    # The secret that the shop reads.
    [Parameter(Mandatory)][string] $SecretName
)

$ErrorActionPreference = 'Stop'
$save = { Set-Secret -Name $SecretName -Secret $_.Credential -ErrorAction Stop }

# What an earlier run rotated and could not save is saved first: it is valid, and Wink does not show it again.
Get-WinkCredentialRotation | Where-Object { $_.ApplicationName -eq $Name -and $_.Saved -eq $false } | Select-Object -Last 1 |
    ForEach-Object $save

$application = @(Get-WinkApplication $Name)
if ($application.Count -ne 1) { throw "There are $($application.Count) applications named '$Name'; nothing was rotated." }

try {
    $application | Invoke-WinkCredentialRotation -SaveWith $save -Confirm:$false
}
catch [Wink.Client.RotationOutcomeException] {
    if ($_.Exception.Outcome -in 'Unknown', 'SecretLost') { throw "The shop may be unable to sign in; call somebody. $_" }
    Write-Warning "The shop goes on with its old credentials. $_"
}
