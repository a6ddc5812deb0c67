# What the suites share: the sandbox, the built module, the operator, pipelines in runspaces and scripts in processes of their own.
$ErrorActionPreference = 'Stop'
$root = Split-Path (Split-Path $PSScriptRoot)
Import-Module $root/tests/Wink.Sandbox/Sandbox.psm1

function Get-BuiltModule {
    # The manifest of the module as it is installed, not the clone's.
    $version = (Import-PowerShellDataFile (Join-Path $root Wink.PowerShell.psd1)).ModuleVersion
    Join-Path $root out Wink.PowerShell $version Wink.PowerShell.psd1
}

function Get-PwshCommand {
    # This very PowerShell as a command: as a dotnet tool it is run by dotnet, else it is a program of its own.
    [Environment]::ProcessPath
    if ([IO.Path]::GetFileNameWithoutExtension([Environment]::ProcessPath) -eq 'dotnet') { "$PSHOME/pwsh.dll" }
}

function Invoke-FreshPwsh {
    # Runs a script in a pwsh of its own and returns all that it printed, on whatever stream, as one text.
    param(
        [Parameter(Mandatory)][string] $Script,
        [hashtable] $Environment = @{},
        # Without it the process may ask, but its standard input has ended.
        [switch] $Interactive
    )

    $file = Join-Path ([IO.Path]::GetTempPath()) "wink-$([guid]::NewGuid()).ps1"
    Set-Content -LiteralPath $file -Value $Script
    $command, $arguments = @(Get-PwshCommand; '-NoProfile'; if (-not $Interactive) { '-NonInteractive' }; '-File', $file)
    $start = [Diagnostics.ProcessStartInfo]::new($command, [string[]] $arguments)
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
    $start.Environment['NO_COLOR'] = '1'
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    try {
        $process = [Diagnostics.Process]::Start($start)
        $process.StandardInput.Close()
        $errors = $process.StandardError.ReadToEndAsync()
        $output = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        $output + $errors.Result
    }
    finally {
        Remove-Item -LiteralPath $file
    }
}

function New-TestCredential {
    param([Parameter(Mandatory)][string] $ClientId, [Parameter(Mandatory)][string] $Secret)
    [pscredential]::new($ClientId, (ConvertTo-SecureString $Secret -AsPlainText -Force))
}

function New-TestCertificate {
    # By default for document encryption, as Unprotect-CmsMessage wants it, with its private key.
    param([string] $Usage = 'KeyEncipherment, DataEncipherment', [string[]] $Purpose = '1.3.6.1.4.1.311.80.1', [int] $FromDay = -1)
    $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new(
        'CN=made-up escrow', [Security.Cryptography.RSA]::Create(2048), [Security.Cryptography.HashAlgorithmName]::SHA256, [Security.Cryptography.RSASignaturePadding]::Pkcs1)
    if ($Usage) { $request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509KeyUsageExtension]::new($Usage, $true)) }
    if ($Purpose) {
        $purposes = [Security.Cryptography.OidCollection]::new()
        foreach ($oid in $Purpose) { $null = $purposes.Add([Security.Cryptography.Oid]::new($oid)) }
        $request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509EnhancedKeyUsageExtension]::new($purposes, $false))
    }
    $request.CreateSelfSigned([DateTimeOffset]::UtcNow.AddDays($FromDay), [DateTimeOffset]::UtcNow.AddDays($FromDay + 2))
}

function Connect-Sandbox {
    # Connects as the operator of the sandbox, over its plain HTTP.
    param([Parameter(Mandatory)] $Sandbox, [hashtable] $With = @{})
    $operator = New-SandboxApplication -Sandbox $Sandbox -ManagingEntityId travel-tech -ApplicationId operations `
        -Name Operations -Scope account.read, account.write
    Connect-Wink -Credential (New-TestCredential $operator.clientId $operator.secret) -ApiUri $Sandbox.Http -IamUri $Sandbox.Http @With
}

function New-Fleet {
    # As a CSV file brings it: ids alone.
    param($Sandbox, [int] $Count)
    New-SandboxApplicationList $Sandbox travel-tech $Count
    foreach ($number in 1..$Count) { [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = "application-$number" } }
}

function Get-RotationCount {
    # How often the rotation of each application was sent.
    param($Sandbox)
    $sent = @{}
    foreach ($request in Get-SandboxRequest $Sandbox -Operation Rotation) { $sent[($request.target -split '/')[5]]++ }
    $sent
}

function New-PromptingHost {
    if (-not ('PromptingHost' -as [type])) { Add-Type -Path $PSScriptRoot/PromptingHost.cs }
    [PromptingHost]::new()
}

function Start-Fleet {
    # A pipeline in a runspace of its own, over this runspace's connection, with four in flight. With $null its host has no interface.
    param($Fleet, [string] $Pipeline, $PSHost = (New-PromptingHost))
    $runspace = if ($PSHost) { [runspacefactory]::CreateRunspace($PSHost) } else { [runspacefactory]::CreateRunspace() }
    $runspace.Open()
    $shell = [powershell]::Create($runspace)
    $null = $shell.AddScript("param(`$Module, `$Wink, `$Fleet) Import-Module `$Module; `$rotation = @{ Connection = `$Wink; ThrottleLimit = 4 }; $Pipeline").
        AddArgument((Get-BuiltModule)).AddArgument((Get-WinkConnection)).AddArgument($Fleet)
    $shell
}

function Wait-Until {
    param([scriptblock] $Condition)
    $until = [DateTime]::UtcNow.AddSeconds(20)
    while (-not (& $Condition)) {
        if ([DateTime]::UtcNow -gt $until) { throw "Never: $Condition" }
        Start-Sleep -Milliseconds 20
    }
}

Export-ModuleMember -Function *
