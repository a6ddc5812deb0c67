# (e): what stays in memory of rotations that nobody stores, and whether many cost more each than few.
param([Parameter(Mandatory)] $Sandbox)
Import-Module $PSScriptRoot/Measure.psm1, $PSScriptRoot/../Wink.PowerShell.Tests/Sandbox.psm1, $PSScriptRoot/../Wink.PowerShell.Tests/FreshPwsh.psm1
Import-Module (Get-BuiltModule)
New-SandboxApplicationList $Sandbox travel-tech 10000
Connect-Sandbox $Sandbox

function Invoke-Rotation {
    # Milliseconds for each of so many applications in one pipeline.
    param([int] $Count)
    $ids = 1..$Count | ForEach-Object { [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = "application-$_" } }
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $ids | Invoke-WinkCredentialRotation -ThrottleLimit 4 -Confirm:$false | Out-Null
    $watch.Elapsed.TotalMilliseconds / $Count
}

# Warm.
$null = 1..3 | ForEach-Object { Invoke-Rotation 1000 }

$few = @()
$many = @()
$growth = @()
foreach ($turn in 1..3) {
    $few += Get-Median (1..50 | ForEach-Object { Invoke-Rotation 10 })
    $before = [GC]::GetTotalMemory($true)
    $many += Invoke-Rotation 10000
    $growth += ([GC]::GetTotalMemory($true) - $before) / 10000
}

# What the record holds: as many rotations as it keeps of one turn, made by hand, with strings and secrets of the same lengths.
$like = @(Get-WinkCredentialRotation)[-1]
$before = [GC]::GetTotalMemory($true)
$held = [Wink.PowerShell.CredentialRotation[]]::new(10000)
for ($i = 0; $i -lt $held.Count; $i++) {
    $pair = [pscredential]::new([string]::new('c', $like.ClientId.Length), $like.Credential.Password.Copy())
    $held[$i] = [Wink.PowerShell.CredentialRotation]::new(
        [string]::new('a', $like.ApplicationId.Length), [string]::new('m', $like.ManagingEntityId.Length), $pair, [DateTime]::UtcNow,
        [string]::new('n', $like.ApplicationName.Length), [string]::new('p', $like.PreviousClientId.Length))
}
$record = ([GC]::GetTotalMemory($true) - $before) / 10000

$beyond = (Get-Median $growth) - $record
New-Row '(e) memory growth per rotation beyond the record' ('{0:0} bytes' -f $beyond) '< 2,048 bytes' ('managed memory after full collections over 10,000 rotations into Out-Null, {0:0} bytes each, less the same rotations made by hand, {1:0} bytes each; 3 turns' -f (Get-Median $growth), $record)
New-Row '(e) time per rotation in a pipeline of 10,000 : of 10' ('{0:0.00} ×' -f (Get-Ratio $many $few)) '≤ 1 ×' '4 in flight; 50 pipelines of 10 and one of 10,000 in turn, 3 turns'
[GC]::KeepAlive($held)
