# (a) and (b): what a person waits for who starts pwsh for one thing. Bench runs it in a precompiled pwsh.
param([Parameter(Mandatory)] $Sandbox)
Import-Module $PSScriptRoot/Measure.psm1, $PSScriptRoot/../Wink.PowerShell.Tests/TestBed.psm1
$module = Get-BuiltModule
$null = New-SandboxApplication $Sandbox travel-tech booking-engine
$operator = (New-Operator $Sandbox).GetNetworkCredential()
$env:WINK_CLIENT_ID, $env:WINK_CLIENT_SECRET = $operator.UserName, $operator.Password

# What any module with such a manifest and such views costs.
$empty = Join-Path ([IO.Path]::GetTempPath()) "wink-bench-$([guid]::NewGuid())"
Copy-Item (Split-Path $module) $empty -Recurse
$manifest = "$empty/Wink.PowerShell.psd1"
(Get-Content $manifest) -notmatch 'RootModule' | Set-Content $manifest
try {
    $import = Measure-InTurn -Turns 15 ([ordered]@{
            module = { Invoke-Pwsh { param($Module) Import-Module $Module } $module }
            empty  = { Invoke-Pwsh { param($Module) Import-Module $Module } $manifest }
            bare   = { Invoke-Pwsh { $null } }
        })
}
finally { Remove-Item $empty -Recurse }
$method = 'whole processes of a precompiled pwsh, 15 of each in turn'
$emptyMethod = "$method; the same manifest and views with nothing behind them: {0:0.00} ×" -f (Get-Ratio $import.empty $import.bare)
$ratio = '{0:0.00} ×' -f (Get-Ratio $import.module $import.bare)
New-Row '(a) import in a fresh pwsh : a fresh pwsh alone' $ratio '≤ 1.2 ×' $emptyMethod

$wink = {
    param($Module, $Uri)
    Import-Module $Module
    Connect-Wink -EnvironmentVariable -ApiUri $Uri -IamUri $Uri
    Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false
}
$rest = {
    param($Uri)
    $credentials = [Net.WebUtility]::UrlEncode($env:WINK_CLIENT_ID) + ':' + [Net.WebUtility]::UrlEncode($env:WINK_CLIENT_SECRET)
    $basic = [Convert]::ToBase64String([Text.Encoding]::ASCII.GetBytes($credentials))
    $form = @{ grant_type = 'client_credentials'; scope = 'account.read account.write' }
    $headers = @{ Authorization = 'Basic ' + $basic }
    $token = (Invoke-RestMethod ${Uri}oauth2/token -NoProxy -Method Post -Body $form -Headers $headers).access_token
    $headers = @{ Accept = 'application/json'; 'Wink-Version' = '2.0'; Authorization = 'Bearer ' + $token }
    Invoke-RestMethod ${Uri}api/managing-entity/travel-tech/application/booking-engine/revoke -NoProxy -Headers $headers
}
$line = Measure-InTurn -Turns 15 ([ordered]@{
        wink = { Invoke-Pwsh $wink $module, $Sandbox.Http }
        rest = { Invoke-Pwsh $rest $Sandbox.Http }
    })
$ratio = '{0:0.00} ×' -f (Get-Ratio $line.wink $line.rest)
$method = "$method; ours also reads the application"
New-Row '(b) pwsh -c "connect; rotate" : the same with two Invoke-RestMethod' $ratio '≤ 1.10 ×' $method
