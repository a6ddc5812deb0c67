<#
.SYNOPSIS
    An Azure Automation runbook: rotates an application when its stored credentials are old, and saves the new ones.
.DESCRIPTION
    It never asks, one job runs at a time, and it is safe to start again after it was ended at any moment: credentials that IAM refuses are
    those of a rotation that was not saved, and one more rotation makes good ones. So nothing else may rotate the application.

    It takes the connection asset 'Wink' (of the type Wink) and the credential asset 'Wink' of an application that may manage others. The
    managed identity needs the rights to read jobs and to write the credential asset that holds the application's credentials.
#>
param(
    [Parameter(Mandatory)][string] $ManagingEntityId,
    [Parameter(Mandatory)][string] $ApplicationId,
    [Parameter(Mandatory)][string] $CredentialName,
    [Parameter(Mandatory)][string] $ResourceGroupName,
    [Parameter(Mandatory)][string] $AutomationAccountName,
    [int] $MaximumAgeDays = 30
)

$ErrorActionPreference = 'Stop'
# First of all: without Azure, new credentials could not be saved. Other jobs in this process may sign in to Azure, too, so the context is
# handed on.
$azure = (Connect-AzAccount -Identity -ErrorAction Stop).Context
$account = @{ ResourceGroupName = $ResourceGroupName; AutomationAccountName = $AutomationAccountName; DefaultProfile = $azure }

# One job at a time: of those that have not ended, the oldest goes on.
$job = Get-AzAutomationJob @account -Id "$($PSPrivateMetadata.JobId ?? $env:PSPrivateMetadata)" -ErrorAction Stop
$oldest = Get-AzAutomationJob @account -RunbookName $job.RunbookName -ErrorAction Stop |
    Where-Object Status -NotIn Completed, Failed, Stopped, Suspended | Sort-Object CreationTime, JobId | Select-Object -First 1
if ($oldest -and $oldest.JobId -ne $job.JobId) { return "Nothing was done: job $($oldest.JobId) of this runbook has not ended." }

$connection = Get-AutomationConnection -Name Wink
$wink = Connect-Wink @connection -Credential (Get-AutomationPSCredential -Name Wink) -PassThru
try {
    # The variable asset is empty at first; then it holds when the application was rotated last.
    $rotatedAt = Get-AutomationVariable -Name "WinkRotatedAt-$ApplicationId"
    $stored = Get-AutomationPSCredential -Name $CredentialName
    $isValid = Test-WinkCredential $stored -Connection $wink
    if ($isValid -and $rotatedAt -and ([DateTime] $rotatedAt).ToUniversalTime().AddDays($MaximumAgeDays) -gt [DateTime]::UtcNow) {
        return "Nothing to do: the credentials of $ApplicationId are from $rotatedAt, and they are valid."
    }

    $save = { Set-AzAutomationCredential @account -Name $CredentialName -Value $_.Credential -ErrorAction Stop }
    $current = $isValid ? @{ CurrentCredential = $stored; RehearseSave = $true } : @{}
    # Revoked credentials cannot be the current ones, but they, too, prove the right to write.
    if (-not $isValid) { [pscustomobject]@{ Credential = $stored } | ForEach-Object $save }
    $options = @{ SaveWith = $save; Verify = $true; Connection = $wink; Confirm = $false }
    $rotation = Invoke-WinkCredentialRotation $ManagingEntityId $ApplicationId @options @current
    Set-AutomationVariable -Name "WinkRotatedAt-$ApplicationId" -Value $rotation.RotatedAt.ToString('o') -ErrorAction Stop
    "Rotated $ApplicationId; its client ID is now $($rotation.ClientId)."
}
finally { Disconnect-Wink -Connection $wink }
