# (c): one rotation after the other on loopback. Each has a connection of its own, as Invoke-RestMethod opens one each time.
param([Parameter(Mandatory)] $Sandbox)
Import-Module $PSScriptRoot/Measure.psm1, $PSScriptRoot/../Wink.PowerShell.Tests/TestBed.psm1
Import-Module (Get-BuiltModule)
New-SandboxApplicationList $Sandbox travel-tech 1000
Connect-Sandbox $Sandbox
$token = New-SandboxToken $Sandbox account.read, account.write
$headers = @{ Accept = 'application/json'; 'Wink-Version' = '2.0'; Authorization = "Bearer $token" }
$uri = [uri]::new($Sandbox.Http, '/api/managing-entity/travel-tech/application/application-1/revoke')
$http = [Net.Http.HttpClient]::new([Net.Http.SocketsHttpHandler]@{ PooledConnectionLifetime = [TimeSpan]::Zero; UseProxy = $false })
foreach ($name in $headers.Keys) { $http.DefaultRequestHeaders.Add($name, $headers[$name]) }

$times = Measure-InTurn -Turns 7 ([ordered]@{
        # Not part of any figure: an application that was read within the last seconds is not read again.
        read  = { $script:applications = Get-WinkApplication -ManagingEntityId travel-tech -Name 'Application *' }
        piped = { $applications | Invoke-WinkCredentialRotation -Confirm:$false }
        again = { $script:applications = Get-WinkApplication -ManagingEntityId travel-tech -Name 'Application *' }
        alone = { foreach ($application in $applications) { $application | Invoke-WinkCredentialRotation -Confirm:$false } }
        http  = { for ($i = 0; $i -lt 1000; $i++) { $http.GetStringAsync($uri).GetAwaiter().GetResult() } }
        rest  = { for ($i = 0; $i -lt 1000; $i++) { Invoke-RestMethod $uri -Headers $headers -NoProxy } }
    })

function New-RatioRow {
    # Of the times of two of these.
    param([string] $Figure, [string] $Of, [string] $To, [string] $Target, [string] $Method = 'as above')
    New-Row $Figure ('{0:0.00} ×' -f (Get-Ratio $times[$Of] $times[$To])) $Target $Method
}

$method = '1,000 of each in turn, 7 turns, in one pwsh; ' +
    'HttpClient.GetStringAsync in a loop, a connection for each, its response not even parsed'
New-RatioRow '(c) a rotation, 1,000 applications piped in : raw HttpClient on fresh connections' piped http '≤ 1.5 ×' $method
New-RatioRow '(c) the same, a command for each application : raw HttpClient on fresh connections' alone http
$method = 'as above: what is left when nothing but the connection and HTTP is paid for'
New-RatioRow '(c) raw HttpClient on fresh connections : Invoke-RestMethod' http rest '' $method
New-RatioRow '(c) a command for each application : Invoke-RestMethod' alone rest '≤ 0.6 ×'
