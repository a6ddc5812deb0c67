# Shows one rotation against the sandbox, as a person would type it, and fails when anything is not as it says.
$ErrorActionPreference = 'Stop'
Import-Module $PSScriptRoot/../Wink.PowerShell.Tests/TestBed.psm1
Import-Module (Get-BuiltModule)

function Show-Step {
    # Prints what is typed, does it, and prints what came out.
    param([string] $Says, [scriptblock] $Typed, [switch] $Fails)
    Write-Host "`n# $Says" -ForegroundColor Green
    Write-Host "PS> $("$Typed".Trim())" -ForegroundColor Cyan
    try { $text = . $Typed 2>&1 3>&1 | Out-String }
    catch {
        if (-not $Fails) { throw }
        $script:refused = $_
        $text = $_ | Out-String
    }
    Write-Host $text.Trim()
    # What was typed ran in this function's scope; the next steps go on with it.
    Get-Variable rotation -Scope Local -ErrorAction Ignore | ForEach-Object { Set-Variable $_.Name $_.Value -Scope Script }
    if ($rotation -and $text.Contains($rotation.Credential.GetNetworkCredential().Password)) { throw 'A secret was shown.' }
}

$sandbox = Start-Sandbox
try {
    New-SandboxManagingEntity $sandbox travel-tech -Name 'Travel Tech' -Type TRAVEL_AGENT
    $operator = New-Operator $sandbox
    $old = New-SandboxApplication $sandbox travel-tech booking-engine -Name 'Booking engine' -Scope account.read | New-TestCredential
    $wink = @{ ApiUri = $sandbox.Http; IamUri = $sandbox.Http }

    Write-Host 'A simulated Wink runs on this machine. You rotate the credentials of its application "Booking engine".'
    Show-Step 'Sign in. When it works, nothing is shown.' { Connect-Wink -Credential $operator @wink }
    Show-Step 'Who is signed in, where, and until when?' { Get-WinkConnection }
    Show-Step 'Which applications are there? Tab completes their ids.' { Get-WinkApplication }
    Show-Step 'What would it do?' { Get-WinkApplication 'Booking*' | Invoke-WinkCredentialRotation -WhatIf }
    Show-Step 'Rotate. Without -Confirm:$false, it asks first.' {
        $rotation = Invoke-WinkCredentialRotation -ManagingEntityId travel-tech -ApplicationId booking-engine -Confirm:$false
    }
    Show-Step 'The new credentials. The secret is not shown.' { $rotation }
    Show-Step 'Sign in with the new credentials.' { Connect-Wink -Credential $rotation.Credential @wink -Scope account.read -PassThru }
    if ((Get-WinkConnection).ClientId -ne $rotation.ClientId) { throw 'The new credentials do not sign in.' }

    Show-Step 'Sign out. The token is revoked; the history keeps the rotation.' {
        Disconnect-Wink; Get-WinkCredentialRotation | Format-Table
    }
    Show-Step 'The old credentials are revoked.' -Fails {
        Connect-Wink -Credential $old @wink -Scope account.read
    }
    if ($refused.FullyQualifiedErrorId -notlike 'CredentialRefused,*') { throw 'The old credentials still sign in.' }

    Write-Host "`nThe server saw $(@(Get-SandboxRequest $sandbox Rotation).Count) rotation." -ForegroundColor Green
}
finally {
    Stop-Sandbox $sandbox
}
