BeforeDiscovery {
    $cmdlets = 'Clear-WinkCredentialRotation', 'Connect-Wink', 'Disconnect-Wink', 'Get-WinkApplication', 'Get-WinkConnection',
        'Get-WinkCredentialRotation', 'Get-WinkManagingEntity', 'Invoke-WinkCredentialRotation', 'Switch-WinkCredential',
        'Test-WinkCredential'
}

BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    $built = Get-BuiltModule
    $clone = Split-Path (Split-Path $PSScriptRoot)
}

Describe 'The module' {
    It 'imports, imports again by force, and comes back after removal, with all its cmdlets and no error' {
        $text = Invoke-FreshPwsh {
            param($Module)
            Set-StrictMode -Version Latest
            $ErrorActionPreference = 'Stop'
            $steps = { Import-Module $Module }, { Import-Module $Module -Force }, { Remove-Module Wink.PowerShell; Import-Module $Module }
            foreach ($step in $steps) {
                & $step
                (Get-Command -Module Wink.PowerShell).Name -join ' '
                $null = Get-WinkConnection
            }
            Remove-Module Wink.PowerShell
            @(Get-Command *-Wink*).Count
            $Error.Count
        } $built

        $all = 'Clear-WinkCredentialRotation Connect-Wink Disconnect-Wink Get-WinkApplication Get-WinkConnection ' +
            'Get-WinkCredentialRotation Get-WinkManagingEntity Invoke-WinkCredentialRotation Switch-WinkCredential Test-WinkCredential'
        $text.Trim() -split '\r?\n' | Should -Be $all, $all, $all, '0', '0'
    }

    It 'imports in eight runspaces at once, first in the process' {
        $text = Invoke-FreshPwsh {
            param($Module)
            1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
                Import-Module $using:Module -ErrorAction Stop
                $null = Get-WinkConnection
                @(Get-Command -Module Wink.PowerShell).Count
            }
        } $built

        $text.Trim() -split '\r?\n' | Should -Be (@('10') * 8)
    }

    It 'keeps RestSharp, and the code that knows it, out of the host''s load context' {
        $text = Invoke-FreshPwsh {
            param($Module)
            Import-Module $Module
            $null = Connect-Wink -AccessToken (ConvertTo-SecureString made-up -AsPlainText -Force) -PassThru
            [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.GetName().Name -match 'Wink|RestSharp' | Sort-Object
            [Runtime.Loader.AssemblyLoadContext]::All.Where{ $_.Name -eq 'Wink.PowerShell' }.Assemblies.GetName().Name | Sort-Object
        } $built

        $text.Trim() -split '\r?\n' | Should -Be Wink.Client, Wink.PowerShell, RestSharp, Wink.Client.RestSharp
    }

    It 'lets a script name the types of its errors right after the import, and loads RestSharp only when it is needed' {
        $text = Invoke-FreshPwsh {
            param($Module)
            Import-Module $Module
            [Wink.Client.RotationOutcomeException].Name
            [AppDomain]::CurrentDomain.GetAssemblies().GetName().Name -eq 'RestSharp'
        } $built

        $text.Trim() | Should -Be RotationOutcomeException
    }

    It 'loads what reads a compressed response before one arrives' -Skip:(-not $IsLinux) {
        Import-Module $PSScriptRoot/../Wink.Sandbox/Sandbox.psm1
        $sandbox = Start-Sandbox
        New-SandboxApplicationList $sandbox travel-tech 1
        try {
            $loaded = Invoke-FreshPwsh -ConnectedTo $sandbox {
                $null = Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false
                @(Get-Content /proc/self/maps) -match 'System.IO.Compression.(Native.so|Brotli.dll)' -replace '^.*/' | Sort-Object -Unique
            }
        }
        finally { Stop-Sandbox $sandbox }

        # Later there may be no file descriptor for them.
        $loaded.Trim() -split '\r?\n' | Should -Be 'libSystem.IO.Compression.Native.so', 'System.IO.Compression.Brotli.dll'
    }

    It 'works from the clone after a build' {
        $text = Invoke-FreshPwsh {
            param($Module)
            Import-Module $Module
            (Get-Command -Module Wink.PowerShell).Count
            (Get-Module Wink.PowerShell).Version.ToString()
        } "$clone/Wink.PowerShell.psd1"

        $version = (Import-PowerShellDataFile $built).ModuleVersion
        $text.Trim() -split '\r?\n' | Should -Be 10, $version
    }

    It 'names in a clone that was not built the file that is missing' {
        $unbuilt = Join-Path $TestDrive clone
        $source = New-Item -ItemType Directory (Join-Path $unbuilt src Wink.PowerShell)
        Copy-Item "$clone/Wink.PowerShell.psd1" $unbuilt
        Copy-Item "$clone/src/Wink.PowerShell/*.ps1xml" $source
        $text = Invoke-FreshPwsh { param($Module) Import-Module $Module } (Join-Path $unbuilt Wink.PowerShell.psd1)
        $text -replace '[\s|]+', ' ' | Should -BeLike '*out/Wink.PowerShell/bin/Wink.PowerShell.dll*'
    }

    It 'says so when another copy of it is loaded in the process' {
        $copy = Join-Path $TestDrive copy
        Copy-Item (Split-Path $built) $copy -Recurse
        $text = Invoke-FreshPwsh {
            param($Module, $Copy)
            Import-Module $Module
            Remove-Module Wink.PowerShell
            Import-Module $Copy
            Connect-Wink -AccessToken (ConvertTo-SecureString made-up -AsPlainText -Force) 3>&1 | ForEach-Object Message
            # The one that was loaded first is no other copy.
            Remove-Module Wink.PowerShell
            Import-Module $Module
            Connect-Wink -AccessToken (ConvertTo-SecureString made-up -AsPlainText -Force) 3>&1
        } $built, "$copy/Wink.PowerShell.psd1"

        $text.Trim() | Should -BeLike "Another copy of Wink.PowerShell was loaded in this process before*$copy."
    }

    It 'ships no assembly but its own and RestSharp' {
        $bin = Join-Path (Split-Path $built) bin
        (Get-ChildItem $bin -File).Name | Sort-Object | Should -Be Wink.Client.dll, Wink.PowerShell.dll
        (Get-ChildItem $bin/dependencies -File).Name | Sort-Object | Should -Be RestSharp.dll, Wink.Client.RestSharp.dll
    }

    It 'has help with notes, links and two examples or more for <_>' -ForEach $cmdlets {
        $text = Invoke-FreshPwsh {
            param($Module, $Cmdlet)
            Import-Module $Module
            $help = Get-Help $Cmdlet -Full
            @($help.examples.example).Count
            @($help.relatedLinks.navigationLink).Count
            (-join $help.alertSet.alert.Text).Length
            $help.Synopsis
        } $built, $_

        $count, $links, $notes, $synopsis = $text.Trim() -split '\r?\n'
        [int] $links | Should -BeGreaterThan 1
        [int] $notes | Should -BeGreaterThan 20
        [int] $count | Should -BeGreaterOrEqual 2
        $synopsis | Should -Not -BeLike "*$_*"
    }

    It 'has the topic <_>' -ForEach about_Wink, about_Wink_Rotation, about_Wink_Automation {
        $text = Invoke-FreshPwsh { param($Module, $Topic) Import-Module $Module; Get-Help $Topic } $built, $_

        $text | Should -BeLike "*TOPIC*$_*SHORT DESCRIPTION*LONG DESCRIPTION*SEE ALSO*"
    }

    It 'describes in its help each parameter of <_>, and no other' -ForEach $cmdlets {
        $text = Invoke-FreshPwsh {
            param($Module, $Cmdlet)
            Import-Module $Module
            $common = [Management.Automation.Cmdlet]::CommonParameters
            (Get-Command $Cmdlet).Parameters.Keys.Where{ $_ -notin $common } | Sort-Object
            '--'
            (Get-Help $Cmdlet -Full).parameters.parameter.name | Sort-Object
        } $built, $_

        $code, $help = $text -split '--'
        $help.Trim() | Should -Be $code.Trim()
    }
}
