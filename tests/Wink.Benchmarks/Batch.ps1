# (d): 200 rotations against a Wink that takes 50 ms for each.
param([Parameter(Mandatory)] $Sandbox)
Import-Module $PSScriptRoot/Measure.psm1, $PSScriptRoot/../Wink.PowerShell.Tests/TestBed.psm1
Import-Module (Get-BuiltModule)
New-SandboxApplicationList $Sandbox travel-tech 200
Connect-Sandbox $Sandbox
$token = New-SandboxToken $Sandbox account.read, account.write
Add-SandboxFault $Sandbox @{ operation = 'Rotation'; delayMs = 50 }

foreach ($limit in 1, 4, 16, 64) {
    $times = Measure-InTurn -Turns ($limit -eq 1 ? 1 : 3) ([ordered]@{
            read = { $script:applications = Get-WinkApplication -ManagingEntityId travel-tech -Name 'Application *' }
            wink = { $applications | Invoke-WinkCredentialRotation -ThrottleLimit $limit -Confirm:$false }
            rest = {
                $applications | ForEach-Object -ThrottleLimit $limit -Parallel {
                    $headers = @{ Accept = 'application/json'; 'Wink-Version' = '2.0'; Authorization = "Bearer $using:token" }
                    $uri = "$(($using:Sandbox).Http)api/managing-entity/travel-tech/application/$($_.ApplicationId)/revoke"
                    Invoke-RestMethod $uri -Headers $headers -NoProxy
                }
            }
        })
    $ideal = [Math]::Ceiling(200 / $limit) * 50
    $ours = Get-Median $times.wink
    $rest = '{0:0.00} ×' -f ((Get-Median $times.rest) / $ideal)
    $method = "the ideal is rounds × 50 ms = $ideal ms; ForEach-Object -Parallel with Invoke-RestMethod in turn with it: $rest"
    New-Row "(d) 200 rotations with 50 ms latency, $limit in flight : the ideal" ('{0:0.00} ×' -f ($ours / $ideal)) `
        ($limit -eq 16 ? '≤ 1.15 ×' : '') $method
}
