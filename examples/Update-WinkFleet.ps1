<#
.SYNOPSIS
    Rotates the applications that a CSV file lists, stores the new pairs with SecretManagement, and reports. Run again, it goes on where it
    ended.
.DESCRIPTION
    For a scheduled job. The file has the columns ManagingEntityId and ApplicationId. An application that the report calls Rotated is left
    alone; one that it calls NotStored is rotated again, which makes a good pair. To begin anew, remove the report.
.EXAMPLE
    ./Update-WinkFleet.ps1 -Path apps.csv -ThrottleLimit 16
#>
param(
    [Parameter(Mandatory)][string] $Path,
    [string] $ReportPath = "$Path.report.csv",
    [int] $ThrottleLimit = 8,

    # EscrowPath and EscrowCertificate: an encrypted copy of each new pair, should the vault and this process fail together.
    [hashtable] $Escrow = @{},

    # How to connect, as Connect-Wink takes it.
    [hashtable] $Wink = @{ EnvironmentVariable = $true }
)

$ErrorActionPreference = 'Stop'

function Save-Rotation {
    # Stored first; only what is stored is reported as done.
    param([Parameter(ValueFromPipeline)] $Rotation)
    process {
        Set-Secret -Name "wink-$($Rotation.ApplicationId)" -Secret $Rotation.Credential -ErrorAction Stop
        $null = $saved.Add($Rotation.ClientId)
        Write-Report $Rotation Rotated $Rotation.ClientId
    }
}

function Write-Report {
    param($Application, [string] $Outcome, [string] $Detail)
    [pscustomobject]@{
        ManagingEntityId = $Application.ManagingEntityId
        ApplicationId    = $Application.ApplicationId ?? $Application
        Outcome          = $Outcome
        At               = [DateTime]::UtcNow.ToString('o')
        Detail           = $Detail
    } | Export-Csv -LiteralPath $ReportPath -Append
}

Connect-Wink @Wink
$began = [DateTime]::UtcNow
$saved = [Collections.Generic.HashSet[string]]::new()
$done = @(
    if (Test-Path -LiteralPath $ReportPath) { (Import-Csv -LiteralPath $ReportPath | Where-Object Outcome -EQ Rotated).ApplicationId }
)

try {
    Import-Csv -LiteralPath $Path | Where-Object ApplicationId -NotIn $done |
        Invoke-WinkCredentialRotation -ThrottleLimit $ThrottleLimit -Confirm:$false @Escrow `
            -ErrorAction SilentlyContinue -ErrorVariable failed |
        Save-Rotation
}
finally {
    # When a pair could not be stored the pipeline has ended, and what was in flight is in the history.
    foreach ($kept in Get-WinkCredentialRotation | Where-Object { $_.RotatedAt -ge $began -and $_.ClientId -notin $saved }) {
        try { $kept | Save-Rotation }
        catch { Write-Report $kept NotStored $_ }
    }
    foreach ($failure in $failed) {
        Write-Report $failure.TargetObject ($failure.FullyQualifiedErrorId -replace ',.*') $failure.Exception.Message
    }
    Disconnect-Wink
}

if ($failed) { throw "$($failed.Count) of the applications were not rotated; see $ReportPath." }
