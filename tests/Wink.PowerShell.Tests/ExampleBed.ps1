# What the suites of the examples share. BeforeAll runs this file in its own scope, and BeforeEach runs Initialize-Example in its own.
Import-Module $PSScriptRoot/TestBed.psm1
Import-Module (Get-BuiltModule)
Import-Module $PSScriptRoot/Doubles/Microsoft.PowerShell.SecretManagement
$sandbox = Start-Sandbox
$examples = Join-Path (Split-Path (Split-Path $PSScriptRoot)) examples
$doubles = Join-Path $PSScriptRoot Doubles
$operator = New-Operator $sandbox
# The cmdlet itself, also where a test mocks it.
$connect = Get-Command Connect-Wink -CommandType Cmdlet
$valid = @{ At = $sandbox; ApplicationId = 'application-1' }
$holder = New-TestCertificate
$certificate = Join-Path $TestDrive escrow.pem
Set-Content -LiteralPath $certificate -Value $holder.ExportCertificatePem()

function Initialize-Example {
    # Dot-sourced, it sets what a test uses: applications and a vault that are new, escrow, and a session of the person.
    Reset-Sandbox $sandbox
    New-SandboxApplicationList $sandbox travel-tech 6
    New-Vault
    $escrow = New-Folder
    $copy = @{ EscrowPath = $escrow; EscrowCertificate = $holder; InformationAction = 'Ignore' }
    $copyArguments = '-EscrowPath', $escrow, '-EscrowCertificate', $certificate
    $session = & $connect -Credential $operator -ApiUri $sandbox.Http -IamUri $sandbox.Http -PassThru
}

function Stop-ExampleBed {
    Remove-Item Env:/WINK_TEST_VAULT -ErrorAction Ignore
    Remove-Module Microsoft.PowerShell.SecretManagement -ErrorAction Ignore
    Stop-Sandbox $sandbox
}

Set-Content -LiteralPath $certificate -Value $holder.ExportCertificatePem()

function New-Folder { (New-Item -ItemType Directory (Join-Path $TestDrive "$([guid]::NewGuid())")).FullName }

function New-Vault {
    # An empty vault of the double of SecretManagement.
    $env:WINK_TEST_VAULT = New-Folder
}

function Set-Vault {
    # Locks it, and so on: see the double.
    param([string] $State, $Value = '')
    Set-Content -LiteralPath (Join-Path $env:WINK_TEST_VAULT $State) -Value $Value
}

function Reset-Vault { Get-Item "$env:WINK_TEST_VAULT/*" -Include locked, read-only, writes-left | Remove-Item }

function Get-Valid { param([string] $ApplicationId) Get-ValidCredential $sandbox $ApplicationId | New-TestCredential }

function Start-Example {
    # The example in a process of its own, as a scheduler starts it.
    param([string] $Name, [string[]] $Argument, [hashtable] $Environment = @{})
    $command, [string[]] $arguments = @(
        Get-PwshCommand; '-NoProfile'; '-NonInteractive'; '-File'; "$examples/$Name"; $Argument
    )
    $start = [Diagnostics.ProcessStartInfo]::new($command, $arguments)
    $set = @{
        PSModulePath       = $doubles
        WINK_TEST_MODULE   = Get-BuiltModule
        WINK_TEST_URI      = $sandbox.Http
        WINK_CLIENT_ID     = $operator.UserName
        WINK_CLIENT_SECRET = $operator.GetNetworkCredential().Password
        NO_COLOR           = '1'
    } + $Environment
    foreach ($variable in $set.Keys) { $start.Environment[$variable] = $set[$variable] }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    $process.StandardInput.Close()
    [pscustomobject]@{
        Process = $process
        Output  = $process.StandardOutput.ReadToEndAsync()
        Error   = $process.StandardError.ReadToEndAsync()
    }
}

function Wait-Example {
    param([Parameter(ValueFromPipeline)] $Started)
    process {
        $Started.Process.WaitForExit()
        [pscustomobject]@{
            ExitCode = $Started.Process.ExitCode
            LastLine = ($Started.Output.Result.Trim() -split '\r?\n')[-1]
            # An error is wrapped at the width of the console.
            Error    = (Remove-Color $Started.Error.Result) -replace '\s+\|?\s*', ' '
            All      = $Started.Output.Result + $Started.Error.Result
        }
        $Started.Process.Dispose()
    }
}

    function New-Round {
        # The file of a new round, and a vault that has the credentials of all.
        param([int] $Count)
        New-SandboxApplicationList $sandbox travel-tech $Count
        foreach ($number in 1..$Count) {
            $credential = Get-Valid "application-$number"
            Set-Secret "wink-application-$number" $credential
            [pscustomobject]@{
                ManagingEntityId = 'travel-tech'; ApplicationId = "application-$number"; ClientId = $credential.UserName
            }
        }
    }
