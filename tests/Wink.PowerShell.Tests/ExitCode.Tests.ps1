BeforeAll { Import-Module $PSScriptRoot/TestBed.psm1 }

Describe 'The exit code of pwsh' {
    It 'is <Code> for <How> and a script that <Does>' -ForEach @(
        @{ How = '-File'; Does = 'says exit 3'; Script = 'exit 3'; Code = 3 }
        @{ How = '-File'; Does = 'goes on after an error'; Script = 'Write-Error made-up; 1'; Code = 0 }
        @{ How = '-File'; Does = 'stops at an error'; Script = '$ErrorActionPreference = "Stop"; Write-Error made-up; 1'; Code = 1 }
        @{ How = '-Command'; Does = 'says exit 3'; Script = 'exit 3'; Code = 1 }
        @{ How = '-Command'; Does = 'says exit 3, handed on'; Script = 'exit 3'; Then = '; exit $LASTEXITCODE'; Code = 3 }
        @{ How = '-Command'; Does = 'goes on after an error'; Script = 'Write-Error made-up; 1'; Code = 0 }
        @{ How = '-Command'; Does = 'stops at an error'; Script = '$ErrorActionPreference = "Stop"; Write-Error made-up; 1'; Code = 1 }
    ) {
        $path = Join-Path $TestDrive code.ps1
        Set-Content -LiteralPath $path $Script
        $command, [string[]] $before = Get-PwshCommand
        & $command @before -NoProfile -NonInteractive $How ($How -eq '-File' ? $path : "& '$path'$Then") *> $null
        $LASTEXITCODE | Should -Be $Code
    }
}
