# A double of SecretManagement, with what is inconvenient about the real one:
# - Errors do not terminate, and as functions of a module these do not see the caller's $ErrorActionPreference.
# - A locked vault asks for a password; where nobody can be asked, that is an error.
# - -Metadata, where the vault does not support it, is an error and removes the secret that was just written.
# - Test-SecretVault writes a secret of its own, and its result is not proof that the next write succeeds.
# The vault is the folder in $env:WINK_TEST_VAULT, so that processes can share it. The secrets in it are made up.
# The file "locked" in it locks it, "read-only" makes it unwritable, and "writes-left" has the number of writes until it locks itself.

function Get-Folder { $env:WINK_TEST_VAULT ?? $(throw 'WINK_TEST_VAULT names no folder.') }

function Test-Flag { param($Name) Test-Path -LiteralPath (Join-Path (Get-Folder) $Name) }

function Get-File { param($Name) Join-Path (Get-Folder) "$Name.secret" }

function Unlock-Vault {
    # Throws where it is locked and nobody is there to unlock it.
    if (Test-Flag locked) { $null = Read-Host -AsSecureString 'Vault made-up requires a password' }
}

function Wait-Other {
    # Two processes read at the same moment, so that their runs overlap, however busy the machine is.
    if (-not $env:WINK_TEST_VAULT_TOGETHER) { return }
    $null = New-Item -ItemType File (Join-Path (Get-Folder) "$PID.reads") -Force
    $until = [DateTime]::UtcNow.AddSeconds(30)
    while (@(Get-ChildItem (Get-Folder) -Filter *.reads).Count -lt 2 -and [DateTime]::UtcNow -lt $until) { Start-Sleep -Milliseconds 10 }
}

function Write-Secret {
    param($Name, $Secret)
    Unlock-Vault
    if (Test-Flag read-only) { throw 'Access to the vault is denied.' }
    if (Test-Flag writes-left) {
        $counter = Join-Path (Get-Folder) writes-left
        $left = [int] (Get-Content -LiteralPath $counter)
        if ($left -le 0) { $null = New-Item -ItemType File (Join-Path (Get-Folder) locked) -Force; Unlock-Vault }
        Set-Content -LiteralPath $counter ($left - 1)
    }
    # How long each write of this process takes, in milliseconds: '0,1500' is a quick one, and slow ones after it.
    $delays = "$env:WINK_TEST_VAULT_DELAY" -split ','
    Start-Sleep -Milliseconds ([int] $delays[[Math]::Min($script:writes++, $delays.Count - 1)])
    $new = Join-Path (Get-Folder) "$([guid]::NewGuid()).new"
    Set-Content -LiteralPath $new $Secret.UserName, $Secret.GetNetworkCredential().Password
    [IO.File]::Move($new, (Get-File $Name), $true)
}

function Get-Secret {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string] $Name, [Parameter(Position = 1)][string] $Vault)
    try { Unlock-Vault }
    catch { Write-Error "Unable to get secret $Name from vault made-up: $_" -ErrorId GetSecretInvalidOperation; return }
    if (-not (Test-Path -LiteralPath (Get-File $Name))) {
        Write-Error "The secret $Name was not found." -ErrorId GetSecretNotFound -Category ObjectNotFound
        return
    }
    Wait-Other
    $userName, $password = Get-Content -LiteralPath (Get-File $Name)
    [pscredential]::new($userName, (ConvertTo-SecureString $password -AsPlainText -Force))
}

function Set-Secret {
    [CmdletBinding(SupportsShouldProcess)] param(
        [Parameter(Mandatory, Position = 0)][string] $Name,
        [Parameter(Mandatory, Position = 1, ValueFromPipeline)][object] $Secret,
        [Parameter(Position = 2)][string] $Vault,
        [Parameter(Position = 3)][hashtable] $Metadata,
        [switch] $NoClobber
    )
    process {
        if (-not $PSCmdlet.ShouldProcess($Vault, "Write secret $Name")) { return }
        try { Write-Secret $Name $Secret }
        catch { Write-Error "Unable to add secret $Name to vault made-up: $_" -ErrorId SetSecretInvalidOperation; return }
        if ($Metadata) {
            Write-Error "Cannot store secret $Name. Vault made-up does not support secret metadata."
            Remove-Item -LiteralPath (Get-File $Name)
        }
    }
}

function Remove-Secret {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0)][string] $Name, [string] $Vault)
    Remove-Item -LiteralPath (Get-File $Name)
}

function Test-SecretVault {
    [CmdletBinding()] param([Parameter(Position = 0)][string] $Name)
    try {
        Write-Secret self-test ([pscredential]::new('made-up', (ConvertTo-SecureString made-up -AsPlainText -Force)))
        Remove-Item -LiteralPath (Get-File self-test)
        $true
    }
    catch { Write-Error "Vault $Name failed its test: $_"; $false }
}
