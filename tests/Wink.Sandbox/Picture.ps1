# Draws the session in the README from what a pwsh really shows, for light and for dark pages: .github/session-light.svg and -dark.svg.
$ErrorActionPreference = 'Stop'
Import-Module $PSScriptRoot/../Wink.PowerShell.Tests/TestBed.psm1
Import-Module (Get-BuiltModule)

$session = @(
    'Connect-Wink -Credential $operator'
    'Get-WinkApplication'
    'Invoke-WinkCredentialRotation travel-tech booking-engine -WhatIf'
    '$rotation = Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false'
    '$rotation'
    'Test-WinkCredential $old'
)
$columns = 80

function ConvertTo-Markup {
    # As a terminal wraps it, with ANSI's colours as classes; there are no others here than those of a label.
    param([Parameter(ValueFromPipeline)][string] $Line)
    process {
        $plain = $Line -replace "`e\[[0-9;]*m"
        if ($plain.Length -gt $columns) {
            return [regex]::Matches($plain, ".{1,$columns}").Value | ForEach-Object { [Security.SecurityElement]::Escape($_) }
        }
        [Security.SecurityElement]::Escape(($Line -replace "`e", '§')) -replace
            '§\[32;1m(.*?)§\[0m', '<tspan class="label">$1</tspan>' -replace
            '§\[[0-9;]*m' -replace '^PS&gt;', '<tspan class="prompt">PS&gt;</tspan>'
    }
}

$sandbox = Start-Sandbox
try {
    New-SandboxManagingEntity $sandbox travel-tech -Name 'Travel Tech'
    $operator = (New-Operator $sandbox).GetNetworkCredential()
    $old = New-SandboxApplication $sandbox travel-tech booking-engine -Name 'Booking engine' -Scope account.read
    $text = Invoke-FreshPwsh {
        param($TestBed, $Module, $Http, $Operator, $OperatorSecret, $Old, $OldSecret, $Columns, $Session)
        Import-Module $TestBed, $Module
        $PSStyle.OutputRendering = 'Ansi'
        $PSDefaultParameterValues = @{ 'Connect-Wink:ApiUri' = $Http; 'Connect-Wink:IamUri' = $Http }
        $operator = New-TestCredential $Operator $OperatorSecret
        $old = New-TestCredential $Old $OldSecret
        foreach ($line in $Session -split "`n") {
            "PS> $line"
            . ([scriptblock]::Create($line)) | Out-String -Width $Columns
        }
    } "$PSScriptRoot/../Wink.PowerShell.Tests/TestBed.psm1", (Get-BuiltModule), $sandbox.Http, $operator.UserName, $operator.Password,
        $old.clientId, $old.secret, $columns, ($session -join "`n")
}
finally { Stop-Sandbox $sandbox }

# An address of this very run says nothing to a reader.
$shown = $text.Replace("Custom ($($sandbox.Http.Authority))", 'Production') -split '\r?\n' | Where-Object { $_ -replace "`e\[[0-9;]*m" }
$lines = @($shown | ConvertTo-Markup)

$themes = @{
    light = @{ page = '#f6f8fa'; text = '#1f2328'; prompt = '#0550ae'; label = '#116329' }
    dark  = @{ page = '#161b22'; text = '#e6edf3'; prompt = '#79c0ff'; label = '#7ee787' }
}
$height = 20 * $lines.Count + 34
$label = 'A session in pwsh: connect, look, rotate, test the old credentials'
$font = '14px ui-monospace, Consolas, Menlo, monospace'
foreach ($theme in $themes.Keys) {
    $colour = $themes[$theme]
    $style = "text { font: $font; fill: $($colour.text) } .prompt { fill: $($colour.prompt) }" +
        " .label { fill: $($colour.label); font-weight: 600 }"
    $number = 0
    $rows = foreach ($line in $lines) { '<text x="20" y="{0}" xml:space="preserve">{1}</text>' -f (34 + 20 * $number++), $line }
    Set-Content (Join-Path $PSScriptRoot .. .. .github "session-$theme.svg") @"
<svg xmlns="http://www.w3.org/2000/svg" width="730" height="$height" role="img" aria-label="$label">
<style>$style</style>
<rect width="100%" height="100%" rx="8" fill="$($colour.page)"/>
$($rows -join "`n")
</svg>
"@
}
