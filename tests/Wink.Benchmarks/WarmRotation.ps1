# (c): one rotation after the other on loopback. Each has a connection of its own, as Invoke-RestMethod opens one each time.
param([Parameter(Mandatory)] $Sandbox)
Import-Module $PSScriptRoot/Measure.psm1, $PSScriptRoot/../Wink.PowerShell.Tests/TestBed.psm1
Import-Module (Get-BuiltModule)
New-SandboxApplicationList $Sandbox travel-tech 1000
Connect-Sandbox $Sandbox
$headers = @{ Accept = 'application/json'; 'Wink-Version' = '2.0'; Authorization = "Bearer $(New-SandboxToken $Sandbox account.read, account.write)" }
$uri = [uri]::new($Sandbox.Http, '/api/managing-entity/travel-tech/application/application-1/revoke')
$http = [Net.Http.HttpClient]::new([Net.Http.SocketsHttpHandler]@{ PooledConnectionLifetime = [TimeSpan]::Zero; UseProxy = $false })
foreach ($name in $headers.Keys) { $http.DefaultRequestHeaders.Add($name, $headers[$name]) }

$times = Measure-InTurn -Turns 7 ([ordered]@{
        # Not part of any figure: an application that was read within the last minute isn't read again.
        read  = { $script:applications = Get-WinkApplication travel-tech -Name 'Application *' }
        piped = { $applications | Invoke-WinkCredentialRotation -Confirm:$false }
        alone = { foreach ($application in $applications) { $application | Invoke-WinkCredentialRotation -Confirm:$false } }
        http  = { for ($i = 0; $i -lt 1000; $i++) { $http.GetStringAsync($uri).GetAwaiter().GetResult() } }
        rest  = { for ($i = 0; $i -lt 1000; $i++) { Invoke-RestMethod $uri -Headers $headers -NoProxy } }
    })
$method = '1,000 of each in turn, 7 turns, in one pwsh; HttpClient.GetStringAsync in a loop, a connection for each, its response not even parsed'
New-Row '(c) a rotation, 1,000 applications piped in : raw HttpClient on fresh connections' ('{0:0.00} ×' -f (Get-Ratio $times.piped $times.http)) '≤ 1.5 ×' $method
New-Row '(c) the same, a command for each application : raw HttpClient on fresh connections' ('{0:0.00} ×' -f (Get-Ratio $times.alone $times.http)) '' 'as above'
New-Row '(c) raw HttpClient on fresh connections : Invoke-RestMethod' ('{0:0.00} ×' -f (Get-Ratio $times.http $times.rest)) '' 'as above: what is left when nothing but the connection and HTTP is paid for'
New-Row '(c) a command for each application : Invoke-RestMethod' ('{0:0.00} ×' -f (Get-Ratio $times.alone $times.rest)) '≤ 0.6 ×' 'as above'
