<#
.SYNOPSIS
    Rotates the applications that a CSV file lists, and saves their new credentials in a SecretManagement vault. Run again, it goes on where
    it ended.
.DESCRIPTION
    For a scheduled job. The file has the client IDs that are to be replaced; begin each round with a new one:

        Get-WinkApplication -ManagingEntityId travel-tech | Export-Csv apps.csv

    The vault has a PSCredential wink-<ApplicationId> for each. One whose client ID is still that of the file is due. One with another
    client ID was rotated before, and is only tried at IAM. After a failed save no more are sent; what was not saved is in escrow, and
    Restore-WinkCredential.ps1 reads it.

    Exit code 0: the vault holds new credentials of all applications. Exit code 1: the last error counts what is left, and why.
.EXAMPLE
    pwsh -NonInteractive -File Update-WinkBatch.ps1 apps.csv -Vault made-up -EscrowPath /var/escrow -EscrowCertificate escrow.cer
#>
param(
    [Parameter(Mandatory, Position = 0)][string] $Path,
    [Parameter(Mandatory)][string] $Vault,
    [Parameter(Mandatory)][string] $EscrowPath,
    [Parameter(Mandatory)] $EscrowCertificate,
    [int] $ThrottleLimit = 8,

    # Without one, it connects with WINK_CLIENT_ID and WINK_CLIENT_SECRET, and disconnects at the end.
    $Connection = (Get-WinkConnection)
)

$ErrorActionPreference = 'Stop'
$applications = @(Import-Csv -LiteralPath $Path)
if (-not $applications -or $applications.Where{ -not $_.ClientId }) { throw "$Path is empty, or a line has no ClientId." }

$own = $Connection ? $null : (Connect-Wink -EnvironmentVariable -PassThru)
try {
    $refused = [Collections.Generic.List[string]]::new()
    $due = foreach ($application in $applications) {
        $stored = Get-Secret -Name "wink-$($application.ApplicationId)" -Vault $Vault -ErrorAction Stop
        if ($stored.UserName -ceq $application.ClientId) { $application | Add-Member CurrentCredential $stored -PassThru }
        elseif (-not (Test-WinkCredential $stored -Connection ($own ?? $Connection))) { $refused.Add($application.ApplicationId) }
    }

    $rotation = @{
        SaveWith          = { Set-Secret -Name "wink-$($_.ApplicationId)" -Vault $Vault -Secret $_.Credential }
        RehearseSave      = $true
        EscrowPath        = $EscrowPath
        EscrowCertificate = $EscrowCertificate
        Verify            = $true
        ThrottleLimit     = $ThrottleLimit
        Connection        = $own ?? $Connection
        Confirm           = $false
        # Shows the audit records, which have no secrets.
        InformationAction = 'Continue'
    }
    $null = $due | Invoke-WinkCredentialRotation @rotation -ErrorAction Continue -ErrorVariable failed
}
finally { if ($own) { Disconnect-Wink -Connection $own } }

$left = @(
    $failed | Group-Object { $_.FullyQualifiedErrorId -replace ',.*' } | ForEach-Object { "$($_.Count) $($_.Name)" }
    if ($refused) { "IAM refuses what the vault holds for $($refused -join ', ')" }
)
if ($left) { throw "Not all of $Path are done: $($left -join '; '). See the errors above, then run this again." }
"All $($applications.Count) applications of $Path have new credentials in vault $Vault; $(@($due).Count) were rotated now."
