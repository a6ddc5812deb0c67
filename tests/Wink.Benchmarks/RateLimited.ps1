# (g): 40 rotations against a Wink that lets 20 requests through and then asks for a pause of 5 s.
param([Parameter(Mandatory)] $Sandbox)
Import-Module $PSScriptRoot/Measure.psm1, $PSScriptRoot/../Wink.PowerShell.Tests/TestBed.psm1
Import-Module (Get-BuiltModule)
New-SandboxApplicationList $Sandbox travel-tech 40
Connect-Sandbox $Sandbox

Set-SandboxRateLimit $Sandbox -Burst 20 -PauseSec 5
$ids = 1..40 | ForEach-Object { [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = "application-$_" } }
$watch = [Diagnostics.Stopwatch]::StartNew()
$rotations = $ids | Invoke-WinkCredentialRotation -ThrottleLimit 16 -Confirm:$false -ErrorAction Stop
$elapsed = $watch.Elapsed.TotalSeconds
$limit = Get-SandboxRateLimit $Sandbox
$method = '{0} rotated with {1} pauses of 5 s; {2} requests let through, {3} refused' -f
    @($rotations).Count, $limit.pauses, $limit.letThrough, $limit.refused
New-Row '(g) 40 rotations with 20 requests per pause of 5 s, 16 in flight : the pauses' ('{0:0.00} ×' -f ($elapsed / (5 * $limit.pauses))) `
    '≤ 1.15 ×' $method
