BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    $built = Get-BuiltModule
    $sandbox = Start-Sandbox
    New-SandboxApplicationList $sandbox travel-tech 1
    $rotate = @"
        Import-Module '$PSScriptRoot/TestBed.psm1', '$built'
        Connect-Sandbox ([pscustomobject]@{ Http = '$($sandbox.Http)' })
        (Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:`$false).ApplicationName
"@
    # build.ps1 gets it: a version that is not ours.
    $other = $env:WINK_TEST_RESTSHARP
    $useOther = "[RestSharp.RestClient]::new('http://127.0.0.1:9').GetType().Assembly.GetName().Version.Major"
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'Another module''s RestSharp' {
    It 'works beside ours, loaded <When>' -ForEach @(
        @{ When = 'before'; First = $true }, @{ When = 'after'; First = $false }
    ) {
        $theirs = "Add-Type -Path '$other'; $useOther"
        $text = Invoke-FreshPwsh -Script @"
            $(if ($First) { $theirs, $rotate -join "`n" } else { $rotate, $theirs -join "`n" })
            [AppDomain]::CurrentDomain.GetAssemblies().GetName().Where{ `$_.Name -eq 'RestSharp' }.Version.Major | Sort-Object
"@
        $lines = $text.Trim() -split '\r?\n'
        $lines | Should -Contain 'Application 1'
        $lines[-2..-1] | Should -Be 112, 114
        $lines | Where-Object { $_ -eq '112' } | Should -HaveCount 2
    }
}

Describe 'The host' {
    It 'keeps its own System.Text.Json, the only one' {
        $text = Invoke-FreshPwsh -Script @"
            `$json = { [AppDomain]::CurrentDomain.GetAssemblies().Where{ `$_.GetName().Name -eq 'System.Text.Json' } }
            `$null = [System.Text.Json.JsonSerializer]
            $rotate
            (& `$json).Count
            [Runtime.Loader.AssemblyLoadContext]::GetLoadContext((& `$json)[0]).Name
            (& `$json)[0].Location -eq [System.Text.Json.JsonSerializer].Assembly.Location
"@
        ($text.Trim() -split '\r?\n')[1..3] | Should -Be 1, Default, True
    }

    It 'sees no type of a dependency in any public signature' {
        $text = Invoke-FreshPwsh -Script @"
            Import-Module '$built'
            `$known = '^(System\.|Wink\.|mscorlib|netstandard|Microsoft\.PowerShell)'
            function Get-Part([type] `$Type) { if (`$Type.HasElementType) { Get-Part `$Type.GetElementType() } else { `$Type; `$Type.GenericTypeArguments | ForEach-Object { Get-Part `$_ } } }
            `$seen = foreach (`$type in [Wink.Client.WinkClient].Assembly.GetExportedTypes() + [Wink.PowerShell.WinkConnection].Assembly.GetExportedTypes()) {
                `$type.BaseType
                `$type.GetInterfaces()
                foreach (`$member in `$type.GetMembers([Reflection.BindingFlags] 'Public, NonPublic, Instance, Static, DeclaredOnly')) {
                    switch (`$member) {
                        { `$_ -is [Reflection.MethodBase] -and (`$_.IsPublic -or `$_.IsFamily -or `$_.IsFamilyOrAssembly) } { `$_.GetParameters().ParameterType; `$_.ReturnType }
                        { `$_ -is [Reflection.PropertyInfo] -and `$_.GetMethod.IsPublic } { `$_.PropertyType }
                        { `$_ -is [Reflection.FieldInfo] -and (`$_.IsPublic -or `$_.IsFamily) } { `$_.FieldType }
                    }
                }
            }
            `$assemblies = `$seen.Where{ `$_ }.ForEach{ Get-Part `$_ }.Assembly.GetName().Name | Sort-Object -Unique
            `$assemblies.Count -gt 2
            `$assemblies -notmatch `$known
"@
        $text.Trim() | Should -Be True
    }
}

Describe 'An import' {
    It 'touches no network and writes no file' -Skip:$IsWindows {
        $nobody = New-Item -ItemType Directory (Join-Path $TestDrive nobody)
        $environment = @{
            HOME                        = "$nobody"
            TMPDIR                      = "$nobody"
            XDG_DATA_HOME               = "$nobody"
            XDG_CONFIG_HOME             = "$nobody"
            XDG_CACHE_HOME              = "$nobody"
            POWERSHELL_TELEMETRY_OPTOUT = '1'
        }
        # What the runtime itself tells of sockets, names and HTTP.
        $watch = 'using System.Diagnostics.Tracing; public sealed class NetworkWatch : EventListener { public static int Events;
            protected override void OnEventSourceCreated(EventSource source) { if (source.Name.StartsWith("System.Net.")) EnableEvents(source, EventLevel.LogAlways); }
            protected override void OnEventWritten(EventWrittenEventArgs written) { if (written.EventSource.Name.StartsWith("System.Net.")) Events++; } }'
        $list = "(Get-ChildItem '$nobody' -Recurse -File -Force).FullName"
        $null = Invoke-FreshPwsh -Environment $environment -Script $list
        $text = Invoke-FreshPwsh -Environment $environment -Script @"
            Set-StrictMode -Version Latest
            Add-Type '$watch'
            `$null = [NetworkWatch]::new()
            `$before = @($list)
            [NetworkWatch]::Events = 0
            Import-Module '$built'
            @(@($list) | Where-Object { `$_ -notin `$before }).Count
            [NetworkWatch]::Events
            `$Error.Count
"@
        $text.Trim() -split '\r?\n' | Should -Be 0, 0, 0
    }
}
