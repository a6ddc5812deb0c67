# (e): what stays in memory of rotations that nobody stores, and whether many cost more each than few.
param([Parameter(Mandatory)] $Sandbox)
Import-Module $PSScriptRoot/Measure.psm1, $PSScriptRoot/../Wink.PowerShell.Tests/TestBed.psm1
Import-Module (Get-BuiltModule)
New-SandboxApplicationList $Sandbox travel-tech 10000
Connect-Sandbox $Sandbox

function Get-Memory {
    # What is reachable, without what only waits for its finalizer.
    [GC]::Collect()
    [GC]::WaitForPendingFinalizers()
    [GC]::GetTotalMemory($true)
}

function Invoke-Rotation {
    # Milliseconds for each of so many applications in one pipeline.
    param([int] $Count)
    $ids = 1..$Count | ForEach-Object { [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = "application-$_" } }
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $ids | Invoke-WinkCredentialRotation -ThrottleLimit 4 -Confirm:$false | Out-Null
    $watch.Elapsed.TotalMilliseconds / $Count
}

function New-Rotation {
    # One as the history keeps it, made by hand: with strings and a secret of the same lengths.
    param($Like)
    $credential = [pscredential]::new([string]::new('c', $Like.ClientId.Length), $Like.Credential.Password.Copy())
    [Wink.PowerShell.CredentialRotation]::new(
        [string]::new('a', $Like.ApplicationId.Length), [string]::new('m', $Like.ManagingEntityId.Length), $credential, [DateTime]::UtcNow,
        [string]::new('n', $Like.ApplicationName.Length), [string]::new('p', $Like.PreviousClientId.Length))
}

# Warm.
$null = 1..3 | ForEach-Object { Invoke-Rotation 1000 }
$like = @(Get-WinkCredentialRotation)[-1]

$few = @()
$many = @()
$growth = @()
$record = @()
foreach ($turn in 1..3) {
    $few += Get-Median (1..50 | ForEach-Object { Invoke-Rotation 10 })
    $before = Get-Memory
    $many += Invoke-Rotation 10000
    $growth += ((Get-Memory) - $before) / 10000

    $before = Get-Memory
    $held = for ($i = 0; $i -lt 10000; $i++) { New-Rotation $like }
    $record += ((Get-Memory) - $before) / 10000
    $held = $null
}

$beyond = (Get-Median $growth) - (Get-Median $record)
$measured = 'managed memory after full collections over 10,000 rotations into Out-Null, {0:0} bytes each' -f (Get-Median $growth)
$method = "$measured, less the same rotations made by hand, {0:0} bytes each; 3 turns" -f (Get-Median $record)
New-Row '(e) memory growth per rotation beyond the record' ('{0:0} bytes' -f $beyond) '< 2,048 bytes' $method
$ratio = '{0:0.00} ×' -f (Get-Ratio $many $few)
$method = '4 in flight; 50 pipelines of 10 and one of 10,000 in turn, 3 turns'
New-Row '(e) time per rotation in a pipeline of 10,000 : of 10' $ratio '≤ 1 ×' $method
