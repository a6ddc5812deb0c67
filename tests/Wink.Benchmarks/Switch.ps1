# (h): Switch-WinkCredential beside two rotations by hand, all with a verification.
param([Parameter(Mandatory)] $Sandbox)
Import-Module $PSScriptRoot/Measure.psm1, $PSScriptRoot/../Wink.PowerShell.Tests/TestBed.psm1
Import-Module (Get-BuiltModule)
'booking-a', 'booking-b', 'by-hand-a', 'by-hand-b' | ForEach-Object {
    $null = New-SandboxApplication $Sandbox travel-tech $_ -Scope account.read
}
Connect-Sandbox $Sandbox
$a = Get-SandboxApplication $Sandbox travel-tech booking-a
$global:current = [pscredential]::new($a.clientId, (ConvertTo-SecureString $a.secret -AsPlainText))

$times = Measure-InTurn -Turns 15 ([ordered]@{
        switch = {
            $null = Switch-WinkCredential travel-tech booking-a, booking-b -CurrentCredential $global:current -Confirm:$false `
                -SaveWith { $global:current = $_.Credential } -ErrorAction Stop
        }
        hand   = {
            $null = 'a', 'b' | ForEach-Object { [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = "by-hand-$_" } } |
                Invoke-WinkCredentialRotation -Confirm:$false -Verify -ErrorAction Stop
        }
    })
$ratio = '{0:0.00} ×' -f ((Get-Median $times.switch) / (Get-Median $times.hand))
New-Row '(h) Switch-WinkCredential : two rotations by hand, verified' $ratio `
    '' 'a switch reads both applications, asks IAM for three tokens and sends one rotation'
