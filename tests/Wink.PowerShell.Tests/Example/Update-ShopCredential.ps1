<#
.SYNOPSIS
    Rotates the credentials of the shop's booking engine and leaves them where the shop reads them.
.DESCRIPTION
    A user's script, to show how one is tested: see Update-ShopCredential.Tests.ps1 beside it.
#>
[CmdletBinding()]
param(
    [string] $Name = 'Booking engine',

    # Where the shop reads its credentials. Windows encrypts them for this user; elsewhere only the file's permissions guard them.
    [Parameter(Mandatory)][string] $Path
)

$ErrorActionPreference = 'Stop'

# What an earlier run rotated and could not store is stored first: it is valid, and Wink won't show it again.
$kept = Get-WinkCredentialRotation | Where-Object ApplicationName -EQ $Name | Select-Object -Last 1
if ($kept) {
    $kept.Credential | Export-Clixml -LiteralPath $Path -ErrorAction Stop
}

$application = @(Get-WinkManagingEntity | Get-WinkApplication -Name $Name)
if ($application.Count -ne 1) { throw "There are $($application.Count) applications named '$Name'; nothing was rotated." }

try {
    $rotation = $application | Invoke-WinkCredentialRotation -Confirm:$false
}
catch [Wink.Client.RotationOutcomeException] {
    if ($_.Exception.Outcome -in 'Unknown', 'SecretLost') { throw "The shop may be unable to sign in; call somebody. $_" }
    Write-Warning "The shop goes on with its old credentials. $_"
    return
}

$rotation.Credential | Export-Clixml -LiteralPath $Path -ErrorAction Stop
$rotation
