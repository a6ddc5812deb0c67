using namespace Microsoft.CodeAnalysis
using namespace Microsoft.CodeAnalysis.CSharp

# An older version of RestSharp than ours; Invoke-Suite.ps1 passes it.
param([Parameter(Mandatory)][string] $OtherRestSharpPath)

BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    $built = Get-BuiltModule
    $sandbox = Start-Sandbox
    New-SandboxApplicationList $sandbox travel-tech 1
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'Another module''s RestSharp' {
    BeforeAll {
        # One that fails when it is used. .NET takes it in place of an older one if both have the same public key. Add-Type cannot set the
        # name of an assembly, but the compiler behind it can.
        Add-Type -AssemblyName Microsoft.CodeAnalysis.CSharp
        $code = [CSharpSyntaxTree]::ParseText(@'
            [assembly: System.Reflection.AssemblyVersion("999.0.0.0")]
            namespace RestSharp
            {
                public class RestClient
                {
                    static RestClient() => throw new System.NotSupportedException("made-up");
                    public RestClient(string uri) { }
                }
            }
'@)
        $runtime = [MetadataReference]::CreateFromFile([object].Assembly.Location)
        $key = [Reflection.AssemblyName]::GetAssemblyName($OtherRestSharpPath).GetPublicKey()
        $options = [CSharpCompilationOptions]::new('DynamicallyLinkedLibrary').WithPublicSign($true).
            WithCryptoPublicKey([Collections.Immutable.ImmutableArray]::Create($key))
        $compilation = [CSharpCompilation]::Create('RestSharp', [SyntaxTree[]] $code, [MetadataReference[]] $runtime, $options)
        $newer = Join-Path $TestDrive RestSharp.dll
        [FileSystemExtensions]::Emit($compilation, $newer).Diagnostics | Should -BeNullOrEmpty
        $path = @{ older = $OtherRestSharpPath; newer = $newer }
    }

    It 'works beside ours, <Which> than ours and loaded <When>' -ForEach @(
        foreach ($when in 'before', 'after') {
            @{ When = $when; Which = 'older'; Version = 112; Gives = 'made RestSharp.RestClient' }
            @{ When = $when; Which = 'newer'; Version = 999; Gives = 'threw *type initializer for ''RestSharp.RestClient''*' }
        }
    ) {
        $text = Invoke-FreshPwsh {
            param($When, $Other, $TestBed, $Module, $Http)
            function Use-Other {
                Add-Type -Path $Other
                "version $([RestSharp.RestClient].Assembly.GetName().Version.Major)"
                try { "made $([RestSharp.RestClient]::new('http://127.0.0.1:9'))" } catch { "threw $_" }
            }
            if ($When -eq 'before') { Use-Other }
            Import-Module $TestBed, $Module
            Connect-Sandbox ([pscustomobject]@{ Http = $Http })
            (Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false).ApplicationName
            if ($When -eq 'after') { Use-Other }
            [AppDomain]::CurrentDomain.GetAssemblies().GetName().Where{ $_.Name -eq 'RestSharp' }.Version.Major | Sort-Object
        } $When, $path[$Which], "$PSScriptRoot/TestBed.psm1", $built, $sandbox.Http

        $lines = $text.Trim() -split '\r?\n'
        $lines | Should -Contain 'Application 1'
        $lines | Should -Contain "version $Version"
        @($lines -like $Gives) | Should -HaveCount 1
        $lines[-2..-1] | Should -Be (114, $Version | Sort-Object)
    }
}

Describe 'The host' {
    It 'keeps its own System.Text.Json, the only one' {
        $text = Invoke-FreshPwsh {
            param($TestBed, $Module, $Http)
            $json = { [AppDomain]::CurrentDomain.GetAssemblies().Where{ $_.GetName().Name -eq 'System.Text.Json' } }
            $null = [System.Text.Json.JsonSerializer]
            Import-Module $TestBed, $Module
            Connect-Sandbox ([pscustomobject]@{ Http = $Http })
            (Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false).ApplicationName
            (& $json).Count
            [Runtime.Loader.AssemblyLoadContext]::GetLoadContext((& $json)[0]).Name
            (& $json)[0].Location -eq [System.Text.Json.JsonSerializer].Assembly.Location
        } "$PSScriptRoot/TestBed.psm1", $built, $sandbox.Http

        ($text.Trim() -split '\r?\n')[1..3] | Should -Be 1, Default, True
    }

    It 'sees no type of a dependency in any public signature' {
        $text = Invoke-FreshPwsh {
            param($Module)
            Import-Module $Module
            $known = '^(System\.|Wink\.|mscorlib|netstandard|Microsoft\.PowerShell)'
            function Get-Part([type] $Type) {
                if ($Type.HasElementType) { Get-Part $Type.GetElementType() }
                else {
                    $Type
                    $Type.GenericTypeArguments | ForEach-Object { Get-Part $_ }
                }
            }
            $ours = [Wink.Client.WinkClient].Assembly, [Wink.PowerShell.WinkConnection].Assembly
            $seen = foreach ($type in $ours.GetExportedTypes()) {
                $type.BaseType
                $type.GetInterfaces()
                foreach ($member in $type.GetMembers([Reflection.BindingFlags] 'Public, NonPublic, Instance, Static, DeclaredOnly')) {
                    switch ($member) {
                        { $_ -is [Reflection.MethodBase] -and ($_.IsPublic -or $_.IsFamily -or $_.IsFamilyOrAssembly) } {
                            $_.GetParameters().ParameterType
                            $_.ReturnType
                        }
                        { $_ -is [Reflection.PropertyInfo] -and $_.GetMethod.IsPublic } { $_.PropertyType }
                        { $_ -is [Reflection.FieldInfo] -and ($_.IsPublic -or $_.IsFamily) } { $_.FieldType }
                    }
                }
            }
            $assemblies = $seen.Where{ $_ }.ForEach{ Get-Part $_ }.Assembly.GetName().Name | Sort-Object -Unique
            $assemblies.Count -gt 2
            $assemblies -notmatch $known
        } $built

        $text.Trim() | Should -Be True
    }
}

Describe 'An import' {
    It 'touches no network and writes no file' -Skip:$IsWindows {
        $empty = New-Item -ItemType Directory (Join-Path $TestDrive empty)
        $environment = @{
            HOME                        = "$empty"
            TMPDIR                      = "$empty"
            XDG_DATA_HOME               = "$empty"
            XDG_CONFIG_HOME             = "$empty"
            XDG_CACHE_HOME              = "$empty"
            POWERSHELL_TELEMETRY_OPTOUT = '1'
        }
        # What pwsh itself writes at its first start is no matter of ours.
        $null = Invoke-FreshPwsh -Environment $environment { Get-ChildItem $HOME }
        $text = Invoke-FreshPwsh -Environment $environment {
            param($Module)
            Set-StrictMode -Version Latest
            # What the runtime itself tells of sockets, names and HTTP.
            Add-Type @'
                using System.Diagnostics.Tracing;
                public sealed class NetworkWatch : EventListener
                {
                    public static int Events;
                    protected override void OnEventSourceCreated(EventSource source)
                    {
                        if (source.Name.StartsWith("System.Net.")) EnableEvents(source, EventLevel.LogAlways);
                    }
                    protected override void OnEventWritten(EventWrittenEventArgs written)
                    {
                        if (written.EventSource.Name.StartsWith("System.Net.")) Events++;
                    }
                }
'@
            $null = [NetworkWatch]::new()
            $list = { (Get-ChildItem $HOME -Recurse -File -Force).FullName }
            $before = @(& $list)
            [NetworkWatch]::Events = 0
            Import-Module $Module
            @(& $list).Where{ $_ -notin $before }.Count
            [NetworkWatch]::Events
            $Error.Count
        } $built

        $text.Trim() -split '\r?\n' | Should -Be 0, 0, 0
    }
}
