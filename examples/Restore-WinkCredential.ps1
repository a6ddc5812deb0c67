<#
.SYNOPSIS
    Opens escrow files and returns the credentials in them, with whether each is valid.
.DESCRIPTION
    Runs where the private key of the escrow certificate is. For credentials that could not be saved. A file that cannot be opened, as one
    for another key, is a warning that names it; the others are returned. IsValid is empty where Wink could not be asked.
.EXAMPLE
    ./Restore-WinkCredential.ps1 /var/escrow | Where-Object { $_.IsValid -and -not $_.Doubt } |
        ForEach-Object { Set-Secret -Name "wink-$($_.ApplicationId)" -Vault made-up -Secret $_.Credential -ErrorAction Stop }
#>
param(
    # A folder with escrow files.
    [Parameter(Mandatory, Position = 0)][string] $Path,

    # The certificate with its private key, where it is not among the person's own.
    [Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,

    # Without one, it connects with WINK_CLIENT_ID and WINK_CLIENT_SECRET, and disconnects at the end.
    $Connection = (Get-WinkConnection)
)

$ErrorActionPreference = 'Stop'
$to = $Certificate ? @{ To = $Certificate } : @{}
$files = Get-ChildItem -LiteralPath $Path -Filter wink-*.cms -File

# The credentials to connect with may be among those to recover.
$own = try { if (-not $Connection) { Connect-Wink -EnvironmentVariable -PassThru } }
catch { Write-Warning "Which credentials are valid cannot be told: $_" }
$wink = $own ?? $Connection
try {
    foreach ($file in $files) {
        # Everything about one file, so that no file stands in the way of the others.
        try {
            # A file that was only reserved says in plain text what is known of its rotation.
            $text = ([string] (Get-Content -LiteralPath $file.FullName -Raw)).Trim()
            if ($text -notlike '-----BEGIN CMS*') {
                $note = if ($text -like 'Reserved for *') { $text }
                Write-Warning "$($file.Name) holds no credentials. $note"
                continue
            }

            $json = Unprotect-CmsMessage -Content $text @to
        }
        catch {
            Write-Warning "$($file.Name) cannot be opened: $_"
            continue
        }

        try {
            $kept = $json | ConvertFrom-Json
            $credential = [pscredential]::new($kept.clientId, (ConvertTo-SecureString $kept.secretKey -AsPlainText -Force))
        }
        catch {
            # Without the reason, which could quote the secret.
            Write-Warning "$($file.Name) was opened, but it does not hold credentials as Wink.PowerShell writes them."
            continue
        }

        $isValid = try { if ($wink) { Test-WinkCredential $credential -Connection $wink } }
        catch { Write-Warning "Whether the credentials in $($file.Name) are valid cannot be told: $_" }
        [pscustomobject]@{
            ApplicationId    = $kept.applicationId
            ManagingEntityId = $kept.managingEntityId
            ClientId         = $kept.clientId
            RotatedAt        = ([datetime] $kept.rotatedAt).ToUniversalTime().ToString('u')
            Credential       = $credential
            IsValid          = $isValid
            # Why these are perhaps not the application's; empty where nothing speaks against it.
            Doubt            = $kept.doubt
        }
    }
}
finally { if ($own) { Disconnect-Wink -Connection $own } }
