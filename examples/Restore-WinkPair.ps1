<#
.SYNOPSIS
    Opens escrow files and returns the pairs in them, with whether each is in force.
.DESCRIPTION
    Runs where the private key of the escrow certificate is. For the pair of a rotation whose process ended before it could store it.
.EXAMPLE
    ./Restore-WinkPair.ps1 /var/escrow | Where-Object InForce | ForEach-Object { Set-Secret -Name $_.ApplicationId -Secret $_.Credential -ErrorAction Stop }
#>
param(
    # A folder with escrow files.
    [Parameter(Mandatory, Position = 0)][string] $Path,

    # The certificate with its private key, where it isn't among the person's own.
    [Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,

    # How to connect, as Connect-Wink takes it.
    [hashtable] $Wink = @{ EnvironmentVariable = $true }
)

$ErrorActionPreference = 'Stop'
$to = $Certificate ? @{ To = $Certificate } : @{}
Connect-Wink @Wink
try {
    foreach ($file in Get-ChildItem -LiteralPath $Path -Filter wink-*.cms) {
        # A file that was only reserved says so in plain text: the process ended before an answer came.
        if ((Get-Content -LiteralPath $file -TotalCount 1) -notlike '-----BEGIN CMS*') {
            Write-Warning "$($file.Name) holds no pair: no answer to its rotation was received."
            continue
        }

        $pair = Unprotect-CmsMessage -LiteralPath $file @to | ConvertFrom-Json
        $credential = [pscredential]::new($pair.clientId, (ConvertTo-SecureString $pair.secretKey -AsPlainText -Force))
        [pscustomobject]@{
            ApplicationId    = $pair.applicationId
            ManagingEntityId = $pair.managingEntityId
            RotatedAt        = $pair.rotatedAt
            Credential       = $credential
            InForce          = Test-WinkCredential $credential
        }
    }
}
finally { Disconnect-Wink }
