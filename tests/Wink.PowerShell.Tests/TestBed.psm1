# What the suites share: the sandbox, the built module, its operator, pipelines in runspaces, and scripts in processes of their own.
$ErrorActionPreference = 'Stop'
$root = Split-Path (Split-Path $PSScriptRoot)
Import-Module $root/tests/Wink.Sandbox/Sandbox.psm1

function Get-BuiltModule {
    # The manifest of the module as it is installed, not the clone's.
    Join-Path $root out Wink.PowerShell Wink.PowerShell.psd1
}

# Credentials and certificates

function New-TestCredential {
    # Also of an application of the sandbox, from the pipeline.
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)][string] $ClientId,
        [Parameter(Mandatory, Position = 1, ValueFromPipelineByPropertyName)][string] $Secret
    )
    process { [pscredential]::new($ClientId, (ConvertTo-SecureString $Secret -AsPlainText -Force)) }
}

function New-Operator {
    # The credentials of the application that the suites sign in as. It is made anew, so that earlier ones are revoked.
    param([Parameter(Mandatory)] $Sandbox)
    New-SandboxApplication $Sandbox travel-tech operations -Name Operations -Scope account.read, account.write | New-TestCredential
}

function Connect-Sandbox {
    # Connects this runspace as the operator of the sandbox, over its plain HTTP.
    param([Parameter(Mandatory)] $Sandbox, [hashtable] $With = @{})
    Connect-Wink -Credential (New-Operator $Sandbox) -ApiUri $Sandbox.Http -IamUri $Sandbox.Http @With
}

function New-TestCertificate {
    # By default for document encryption, as Unprotect-CmsMessage wants it, with its private key.
    param([string] $Usage = 'KeyEncipherment, DataEncipherment', [string[]] $Purpose = '1.3.6.1.4.1.311.80.1', [int] $FromDay = -1)
    $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new(
        'CN=made-up escrow', [Security.Cryptography.RSA]::Create(2048), [Security.Cryptography.HashAlgorithmName]::SHA256,
        [Security.Cryptography.RSASignaturePadding]::Pkcs1)
    if ($Usage) {
        $request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509KeyUsageExtension]::new($Usage, $true))
    }
    if ($Purpose) {
        $purposes = [Security.Cryptography.OidCollection]::new()
        foreach ($oid in $Purpose) { $null = $purposes.Add([Security.Cryptography.Oid]::new($oid)) }
        $request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509EnhancedKeyUsageExtension]::new($purposes, $false))
    }
    $request.CreateSelfSigned([DateTimeOffset]::UtcNow.AddDays($FromDay), [DateTimeOffset]::UtcNow.AddDays($FromDay + 2))
}

function Read-Escrow {
    # What the holder of the certificate finds in the escrow files of a folder.
    param([Parameter(Mandatory)][string] $Path, [Parameter(Mandatory)] $Holder)
    Get-ChildItem $Path -Filter *.cms | ForEach-Object { Unprotect-CmsMessage -Path $_.FullName -To $Holder | ConvertFrom-Json }
}

# Rotations, and what the sandbox saw of them

function New-Batch {
    # The applications application-1, application-2 and so on, as a CSV file brings them: ids alone.
    param([Parameter(Mandatory)] $Sandbox, [Parameter(Mandatory)][int] $Count)
    New-SandboxApplicationList $Sandbox travel-tech $Count
    foreach ($number in 1..$Count) { [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = "application-$number" } }
}

function Get-RotationCount {
    # How often the rotation of each application was sent.
    param([Parameter(Mandatory)] $Sandbox)
    $sent = @{}
    foreach ($request in Get-SandboxRequest $Sandbox Rotation) { $sent[($request.target -split '/')[5]]++ }
    $sent
}

function Get-RotationSince {
    # The history outlives Connect-Wink, so it also has what earlier tests rotated.
    param([Parameter(Mandatory)][DateTime] $Moment, [hashtable] $With = @{})
    Get-WinkCredentialRotation @With | Where-Object RotatedAt -GE $Moment
}

function Get-ValidCredential {
    # The client ID and the secret that Wink accepts at this moment.
    param([Parameter(Mandatory)] $Sandbox, [string] $ApplicationId = 'booking-engine')
    Get-SandboxApplication $Sandbox travel-tech $ApplicationId
}

function Assert-ValidCredential {
    # Each rotation from the pipeline, or each PSCredential of the application, has the credentials that Wink accepts at this moment.
    param([Parameter(Mandatory, ValueFromPipeline)] $Rotation, [Parameter(Mandatory)] $At, [string] $ApplicationId)
    process {
        $credential = $Rotation -is [pscredential] ? $Rotation : $Rotation.Credential
        $valid = Get-ValidCredential $At ($ApplicationId ? $ApplicationId : $Rotation.ApplicationId)
        $credential.UserName | Should -BeExactly $valid.clientId
        $credential.GetNetworkCredential().Password | Should -BeExactly $valid.secret
        $checked++
    }
    end { $checked | Should -BeGreaterThan 0 -Because 'nothing is not valid' }
}

function Assert-NoSecret {
    # Each text from the pipeline has none of these in it.
    param(
        [Parameter(Mandatory, Position = 0)][string[]] $Secret,
        [Parameter(Mandatory, ValueFromPipeline)][AllowEmptyString()][string] $Text
    )
    # One assertion for all of them: hundreds of secrets are looked for in hundreds of texts.
    process { $Secret.Where{ $Text.Contains($_) } | Should -BeNullOrEmpty -Because 'it is a secret' }
}

function Wait-Until {
    param([Parameter(Mandatory)][scriptblock] $Condition)
    $until = [DateTime]::UtcNow.AddSeconds(20)
    while (-not (& $Condition)) {
        if ([DateTime]::UtcNow -gt $until) { throw "Never: $Condition" }
        Start-Sleep -Milliseconds 20
    }
}

function Wait-SandboxRequest {
    # Until the sandbox has got so many requests of this kind.
    param([Parameter(Mandatory)] $Sandbox, [Parameter(Mandatory)][string] $Operation, [int] $Count = 1)
    Wait-Until { @(Get-SandboxRequest $Sandbox $Operation).Count -ge $Count }
}

# Pipelines in a runspace of their own

function New-PromptingHost {
    # A host whose person does not answer, with these properties of PromptingHost.cs.
    param([hashtable] $Property = @{})
    if (-not ('PromptingHost' -as [type])) { Add-Type -Path $PSScriptRoot/PromptingHost.cs }
    $person = [PromptingHost]::new()
    foreach ($name in $Property.Keys) { $person.$name = $Property[$name] }
    $person
}

function New-Pipeline {
    # A script in a runspace of its own, to be invoked, stopped and removed by the test. Besides the variables that are given it has $wink,
    # the connection of the test's runspace, and @rotation, the parameters of a rotation over it with four in flight.
    # With -PSHost $null its host has no interface.
    param([Parameter(Mandatory)][scriptblock] $Script, [hashtable] $Variable = @{}, $PSHost = (New-PromptingHost))
    $runspace = $PSHost ? [runspacefactory]::CreateRunspace($PSHost) : [runspacefactory]::CreateRunspace()
    $runspace.Open()
    $wink = Get-WinkConnection
    $Variable = @{ wink = $wink; rotation = @{ Connection = $wink; ThrottleLimit = 4 } } + $Variable
    foreach ($name in $Variable.Keys) { $runspace.SessionStateProxy.SetVariable($name, $Variable[$name]) }
    [powershell]::Create($runspace).AddScript("param(`$Module) Import-Module `$Module; $Script").AddArgument((Get-BuiltModule))
}

function Remove-Pipeline {
    param($Shell)
    if ($Shell) {
        $Shell.Runspace.Dispose()
        $Shell.Dispose()
    }
}

# Scripts in a process of their own

function Get-PwshCommand {
    # This very PowerShell as a command: as a dotnet tool it is run by dotnet, else it is a program of its own.
    [Environment]::ProcessPath
    if ([IO.Path]::GetFileNameWithoutExtension([Environment]::ProcessPath) -eq 'dotnet') { "$PSHOME/pwsh.dll" }
}

function ConvertTo-Text {
    # The script block and its arguments as a PowerShell to come reads them. The arguments arrive there as strings.
    param([Parameter(Mandatory)][scriptblock] $Script, [object[]] $ArgumentList = @())
    "{$Script} $($ArgumentList.ForEach{ "'$("$_".Replace("'", "''"))'" })"
}

function Start-FreshPwsh {
    # Starts a script in a pwsh of its own, whose standard input has ended.
    param(
        [Parameter(Mandatory, Position = 0)][scriptblock] $Script,
        [Parameter(Position = 1)][object[]] $ArgumentList = @(),
        # The sandbox that it connects to first, by the built module and as the operator.
        $ConnectedTo,
        [int] $TimeoutSec = 100,
        [hashtable] $Environment = @{},
        # Else pwsh is told that nobody is there.
        [bool] $Interactive,
        # A command that runs the command after it, as env does.
        [string[]] $Through = @(),
        # Another program than pwsh that runs a script file.
        [string[]] $Program = @(Get-PwshCommand; '-NoProfile'; if (-not $Interactive) { '-NonInteractive' }; '-File')
    )

    $lines = @(
        if ($ConnectedTo) {
            "Import-Module '$(Get-BuiltModule)'"
            "Connect-Wink -EnvironmentVariable -ApiUri $($ConnectedTo.Http) -IamUri $($ConnectedTo.Http) -TimeoutSec $TimeoutSec"
        }
        ". $(ConvertTo-Text $Script $ArgumentList)"
    )
    $folder = (Get-PSDrive TestDrive -ErrorAction Ignore)?.Root ?? [IO.Path]::GetTempPath()
    $file = Join-Path $folder "wink-$([guid]::NewGuid()).ps1"
    Set-Content -LiteralPath $file -Value $lines

    $command, [string[]] $arguments = $Through + $Program + $file
    $start = [Diagnostics.ProcessStartInfo]::new($command, $arguments)
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
    if ($ConnectedTo) {
        $operator = (New-Operator $ConnectedTo).GetNetworkCredential()
        $start.Environment['WINK_CLIENT_ID'], $start.Environment['WINK_CLIENT_SECRET'] = $operator.UserName, $operator.Password
    }
    $start.Environment['NO_COLOR'] = '1'
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    $process.StandardInput.Close()
    $process
}

function Remove-Color {
    # Before 7.6 the console's host writes colours to a redirected stderr in spite of NO_COLOR.
    param([Parameter(Mandatory)][AllowEmptyString()][string] $Text)
    $Text -replace '\e\[[\d;]*m'
}

function Invoke-FreshPwsh {
    # The same, and returns all that it printed, on whatever stream, as one text without colours.
    $process = Start-FreshPwsh @args
    try {
        $errors = $process.StandardError.ReadToEndAsync()
        $output = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        Remove-Color ($output + $errors.Result)
    }
    finally {
        Remove-Item -LiteralPath $process.StartInfo.ArgumentList[-1]
        $process.Dispose()
    }
}

Export-ModuleMember -Function *
