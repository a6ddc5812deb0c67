# The built module for a script in a process of its own, found by PSModulePath: Connect-Wink goes to the sandbox.
Import-Module $env:WINK_TEST_MODULE
# An installed SecretManagement would be found first.
Import-Module $PSScriptRoot/../Microsoft.PowerShell.SecretManagement -Global

function Connect-Wink {
    param([switch] $EnvironmentVariable, [switch] $PassThru)
    $connect = Get-Command Connect-Wink -CommandType Cmdlet
    & $connect -EnvironmentVariable:$EnvironmentVariable -ApiUri $env:WINK_TEST_URI -IamUri $env:WINK_TEST_URI -PassThru:$PassThru
}

Export-ModuleMember -Function Connect-Wink -Cmdlet *-Wink*
