<#
.SYNOPSIS
    An Azure Automation runbook: when the stored pair of an application is old, rotates it and stores the new one.
.DESCRIPTION
    It never asks, and it is safe to start again from its beginning, whenever it was ended: it rotates only what is due, and a pair that
    was made but not stored is found out by trying the stored one.

    It takes the connection asset 'Wink' (of the type Wink) and the credential asset 'Wink' of an application that may manage others. The
    new pair goes into the credential asset of the application; the managed identity needs the right to write it.
#>
param(
    [Parameter(Mandatory)][string] $ManagingEntityId,
    [Parameter(Mandatory)][string] $ApplicationId,

    # The credential asset with the application's pair. Nothing else should rotate it.
    [Parameter(Mandatory)][string] $CredentialName,

    [Parameter(Mandatory)][string] $ResourceGroupName,
    [Parameter(Mandatory)][string] $AutomationAccountName,
    [int] $MaximumAgeDays = 30
)

$ErrorActionPreference = 'Stop'
$connection = Get-AutomationConnection -Name Wink
Connect-Wink @connection -Credential (Get-AutomationPSCredential -Name Wink)

# An empty variable asset, or one that holds when the application was rotated last.
$rotatedAt = Get-AutomationVariable -Name "WinkRotatedAt-$ApplicationId"
$stored = Get-AutomationPSCredential -Name $CredentialName
$works = Test-WinkCredential $stored
if ($works -and $rotatedAt -and [DateTime]::UtcNow - ([DateTime] $rotatedAt).ToUniversalTime() -lt [TimeSpan]::FromDays($MaximumAgeDays)) {
    "The pair of $ApplicationId is from $rotatedAt and works; nothing to do."
    return
}

# Before anything is revoked: without it the new credentials could not be stored.
$null = Connect-AzAccount -Identity -ErrorAction Stop

# A stored pair that works is the one to replace, and no other. One that doesn't was rotated by a run that ended before it could store the
# new one: nobody has that, and one more rotation makes a good one.
$expected = $works ? @{ ExpectedClientId = $stored.UserName } : @{}
$rotation = Invoke-WinkCredentialRotation $ManagingEntityId $ApplicationId -Confirm:$false @expected

$null = Set-AzAutomationCredential -ResourceGroupName $ResourceGroupName -AutomationAccountName $AutomationAccountName `
    -Name $CredentialName -Value $rotation.Credential -ErrorAction Stop
Set-AutomationVariable -Name "WinkRotatedAt-$ApplicationId" -Value $rotation.RotatedAt.ToString('o') -ErrorAction Stop
"Rotated $ApplicationId; its client id is now $($rotation.ClientId)."
