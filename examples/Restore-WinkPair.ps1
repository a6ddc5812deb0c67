<#
.SYNOPSIS
    Opens escrow files and returns the credentials in them, with whether each is valid.
.DESCRIPTION
    Runs where the private key of the escrow certificate is. For the credentials of a rotation whose process ended before it could save
    them. A file that cannot be opened is a warning that names it; the others are returned. InForce is empty where Wink could not be asked.
.EXAMPLE
    ./Restore-WinkPair.ps1 /var/escrow | Where-Object { $_.InForce -and -not $_.Doubt } |
        ForEach-Object { Set-Secret -Name $_.ApplicationId -Secret $_.Credential -ErrorAction Stop }
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
$files = Get-ChildItem -LiteralPath $Path -Filter wink-*.cms -File

# The credentials to connect with may be among those to recover.
$isConnected = try { Connect-Wink @Wink; $true } catch { Write-Warning "Which credentials are valid cannot be told: $_" }
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

        $isValid = try { if ($isConnected) { Test-WinkCredential $credential } }
        catch { Write-Warning "Whether the credentials in $($file.Name) are valid cannot be told: $_" }
        [pscustomobject]@{
            ApplicationId    = $kept.applicationId
            ManagingEntityId = $kept.managingEntityId
            RotatedAt        = $kept.rotatedAt
            Credential       = $credential
            InForce          = $isValid
            # Why these are perhaps not the application's; empty where nothing speaks against it.
            Doubt            = $kept.doubt
        }
    }
}
finally { if ($isConnected) { Disconnect-Wink } }
