BeforeDiscovery {
    # Elsewhere Install-PSResource writes to a folder of the person's own that no variable moves.
    $canMoveHome = -not $IsWindows
    # PowerShell 7.4 cannot pack.
    $canPack = [bool] (Get-Command Compress-PSResource -ErrorAction Ignore)
}

BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    $out = Join-Path (Split-Path (Split-Path $PSScriptRoot)) out
    $version = (Import-PowerShellDataFile (Get-BuiltModule)).ModuleVersion
    $nupkg = Join-Path $out "Wink.PowerShell.$version.nupkg"
    $zip = Join-Path $out Wink.PowerShell.zip
    $sandbox = Start-Sandbox
    New-SandboxApplicationList $sandbox travel-tech 2

    # A person who has nothing yet, and whose cmdlets are found by their names alone.
    $emptyHome = Join-Path $TestDrive home
    $newPerson = @{
        HOME            = $emptyHome
        # Where these would be without the variables, too: not everything heeds them.
        XDG_DATA_HOME   = "$emptyHome/.local/share"
        XDG_CONFIG_HOME = "$emptyHome/.config"
        XDG_CACHE_HOME  = "$emptyHome/.cache"
        PSModulePath    = ''
    }
    $null = New-Item -ItemType Directory $emptyHome, $newPerson.XDG_DATA_HOME, $newPerson.XDG_CONFIG_HOME, $newPerson.XDG_CACHE_HOME
    $rotate = {
        param($TestBed, $Http)
        Import-Module $TestBed
        Connect-Sandbox ([pscustomobject]@{ Http = $Http })
        (Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false).ClientId
        (Get-Module Wink.PowerShell).Path
    }
    $arguments = "$PSScriptRoot/TestBed.psm1", $sandbox.Http

    function Get-ZipEntry {
        param([string] $Path)
        $archive = [IO.Compression.ZipFile]::OpenRead($Path)
        try { $archive.Entries.FullName } finally { $archive.Dispose() }
    }

    function Get-ZipContent {
        # Each entry as name, time and check sum of what is in it, in their order.
        param([string] $Path)
        $archive = [IO.Compression.ZipFile]::OpenRead($Path)
        try { $archive.Entries.ForEach{ "$($_.FullName) $($_.LastWriteTime) $($_.Length) $($_.Crc32)" } } finally { $archive.Dispose() }
    }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'The package for the gallery' {
    It 'installs by name, is found by its cmdlets, rotates, and leaves nothing when it is uninstalled' -Skip:(-not $canMoveHome) {
        $text = Invoke-FreshPwsh -Environment $newPerson {
            param($Out)
            Register-PSResourceRepository -Name wink-test -Uri $Out -Trusted
            Install-PSResource Wink.PowerShell -Repository wink-test -Scope CurrentUser
            (Get-InstalledPSResource Wink.PowerShell).Version.ToString()
        } $out

        $text.Trim() | Should -Be $version

        $clientId, $path = (Invoke-FreshPwsh -Environment $newPerson $rotate $arguments).Trim() -split '\r?\n'
        $clientId | Should -Be (Get-ValidCredential $sandbox application-1).clientId -Because $path
        $path | Should -BeLike "$emptyHome*"

        Invoke-FreshPwsh -Environment $newPerson { Uninstall-PSResource Wink.PowerShell } | Should -BeNullOrEmpty
        Get-ChildItem $emptyHome -Recurse -File | Where-Object FullName -Like '*Wink*' | Should -BeNullOrEmpty
    }
}

Describe 'The zip for Azure Automation' {
    It 'is a module once it is unpacked' {
        $modules = Join-Path $TestDrive modules
        Expand-Archive $zip $modules

        $newPerson.PSModulePath = $modules
        $clientId, $path = (Invoke-FreshPwsh -Environment $newPerson $rotate $arguments).Trim() -split '\r?\n'

        $clientId | Should -Be (Get-ValidCredential $sandbox application-1).clientId
        $path | Should -BeLike "$modules*"
    }

    It 'has one folder, named as the zip and the manifest are, and short paths' {
        $entries = Get-ZipEntry $zip
        $entries | Should -Contain Wink.PowerShell/Wink.PowerShell.psd1
        $entries | Where-Object { $_ -notlike 'Wink.PowerShell/*' } | Should -BeNullOrEmpty
        ($entries.Length | Measure-Object -Maximum).Maximum | Should -BeLessThan 140
    }
}

Describe 'Both' {
    It 'hold nothing but what is needed' {
        foreach ($entries in (Get-ZipEntry $nupkg), (Get-ZipEntry $zip)) {
            $entries | Where-Object { $_ -match '\.(pdb|xml|dll)$' } | Split-Path -Leaf | Sort-Object | Should -Be @(
                if ($entries -contains '[Content_Types].xml') { '[Content_Types].xml' }
                'RestSharp.dll', 'Wink.Client.dll', 'Wink.Client.RestSharp.dll', 'Wink.PowerShell.dll', 'Wink.PowerShell.dll-Help.xml')
            $entries | Where-Object { $_ -like '*Licenses/RestSharp.txt' } | Should -HaveCount 1
        }
    }

    It 'are the same, byte by byte, when they are packed again' -Skip:(-not $canPack) {
        $again = New-Item -ItemType Directory (Join-Path $TestDrive again)
        $null = Invoke-FreshPwsh {
            param($Script, $ModulePath, $Destination)
            & $Script -ModulePath $ModulePath -Destination $Destination
        } "$(Split-Path $out)/.build/Package.ps1", (Split-Path (Get-BuiltModule)), $again

        foreach ($file in $nupkg, $zip) {
            Get-ZipContent (Join-Path $again (Split-Path $file -Leaf)) | Should -Be (Get-ZipContent $file)
            # Each .NET compresses in its own way: these were packed by the one that runs the build.
            if ([Environment]::Version.Major -ne 10) { continue }
            (Get-FileHash (Join-Path $again (Split-Path $file -Leaf))).Hash | Should -Be (Get-FileHash $file).Hash
        }
    }

    It 'come with a bill of materials: RestSharp, as it was restored, and nothing else' {
        $bill = Get-Content (Join-Path $out "Wink.PowerShell.$version.cdx.json") -Raw | ConvertFrom-Json -Depth 20
        $bill.bomFormat | Should -Be CycloneDX
        $bill.metadata.component.version | Should -Be $version
        $bill.components.name | Should -Be RestSharp
        $packages = [xml] (Get-Content (Join-Path (Split-Path $out) Directory.Packages.props) -Raw)
        $bill.components.version | Should -Be $packages.SelectSingleNode("//PackageVersion[@Include='RestSharp']").Version
    }
}
