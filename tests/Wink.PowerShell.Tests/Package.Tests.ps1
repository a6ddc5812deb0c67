BeforeDiscovery {
    # Elsewhere Install-PSResource writes to a folder of the person's own that no variable moves.
    $canMoveHome = -not $IsWindows
    # PowerShell 7.4 can't pack.
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
    $nobody = Join-Path $TestDrive home
    $nowhere = @{
        HOME            = $nobody
        # Where these would be without the variables, too: not everything heeds them.
        XDG_DATA_HOME   = "$nobody/.local/share"
        XDG_CONFIG_HOME = "$nobody/.config"
        XDG_CACHE_HOME  = "$nobody/.cache"
        PSModulePath    = ''
    }
    $null = New-Item -ItemType Directory $nobody, $nowhere.XDG_DATA_HOME, $nowhere.XDG_CONFIG_HOME, $nowhere.XDG_CACHE_HOME
    $rotate = @"
        Import-Module '$PSScriptRoot/TestBed.psm1'
        Connect-Sandbox ([pscustomobject]@{ Http = '$($sandbox.Http)' })
        (Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:`$false).ClientId
        (Get-Module Wink.PowerShell).Path
"@

    function Get-ZipEntry {
        param([string] $Path)
        $archive = [IO.Compression.ZipFile]::OpenRead($Path)
        try { $archive.Entries.FullName } finally { $archive.Dispose() }
    }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'The package for the gallery' {
    It 'installs by name, is found by its cmdlets, rotates, and leaves nothing when it is uninstalled' -Skip:(-not $canMoveHome) {
        $text = Invoke-FreshPwsh -Environment $nowhere -Script @"
            Register-PSResourceRepository -Name wink-test -Uri '$out' -Trusted
            Install-PSResource Wink.PowerShell -Repository wink-test -Scope CurrentUser
            (Get-InstalledPSResource Wink.PowerShell).Version.ToString()
"@
        $text.Trim() | Should -Be $version

        $clientId, $path = (Invoke-FreshPwsh -Environment $nowhere -Script $rotate).Trim() -split '\r?\n'
        $clientId | Should -Be (Get-SandboxApplication $sandbox travel-tech application-1).clientId -Because $path
        $path | Should -BeLike "$nobody*"

        Invoke-FreshPwsh -Environment $nowhere -Script 'Uninstall-PSResource Wink.PowerShell' | Should -BeNullOrEmpty
        Get-ChildItem $nobody -Recurse -File | Where-Object FullName -Like '*Wink*' | Should -BeNullOrEmpty
    }
}

Describe 'The zip for Azure Automation' {
    It 'is a module once it is unpacked' {
        $modules = Join-Path $TestDrive modules
        Expand-Archive $zip $modules

        $nowhere.PSModulePath = $modules
        $clientId, $path = (Invoke-FreshPwsh -Environment $nowhere -Script $rotate).Trim() -split '\r?\n'

        $clientId | Should -Be (Get-SandboxApplication $sandbox travel-tech application-1).clientId
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
                'RestSharp.dll', 'Wink.Client.dll', 'Wink.PowerShell.dll', 'Wink.PowerShell.dll-Help.xml', 'Wink.PowerShell.Loader.dll')
            $entries | Where-Object { $_ -like '*Licenses/RestSharp.txt' } | Should -HaveCount 1
        }
    }

    It 'are the same, byte by byte, when they are packed again' -Skip:(-not $canPack) {
        $again = New-Item -ItemType Directory (Join-Path $TestDrive again)
        $null = Invoke-FreshPwsh -Script "& '$(Split-Path $out)/.config/Package.ps1' -ModulePath '$(Split-Path (Get-BuiltModule))' -Destination '$again'"

        foreach ($file in $nupkg, $zip) {
            (Get-FileHash (Join-Path $again (Split-Path $file -Leaf))).Hash | Should -Be (Get-FileHash $file).Hash
        }
    }

    It 'come with a bill of materials: RestSharp, as it was restored, and nothing else' {
        $bill = Get-Content (Join-Path $out "Wink.PowerShell.$version.cdx.json") -Raw | ConvertFrom-Json -Depth 20
        $bill.bomFormat | Should -Be CycloneDX
        $bill.metadata.component.version | Should -Be $version
        $bill.components.name | Should -Be RestSharp
        $bill.components.version | Should -Be ([xml] (Get-Content (Join-Path (Split-Path $out) Directory.Packages.props) -Raw)).SelectSingleNode("//PackageVersion[@Include='RestSharp']").Version
    }
}
