BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $commands = Get-Command -Module Wink.PowerShell
    $common = [Management.Automation.Cmdlet]::CommonParameters
    $parameters = $commands | ForEach-Object { $_.Parameters.Values } | Where-Object Name -NotIn $common
}

Describe 'The manifest' {
    It 'is clean, and exports exactly the cmdlets that there are' {
        $manifest = Test-ModuleManifest (Get-BuiltModule) -WarningVariable warned -ErrorVariable failed
        @($warned) + @($failed) | Should -BeNullOrEmpty
        $manifest.ExportedCmdlets.Keys | Sort-Object | Should -Be ($commands.Name | Sort-Object)
        $manifest.ExportedFunctions.Count + $manifest.ExportedAliases.Count + $manifest.ExportedVariables.Count | Should -Be 0

        $types = [Wink.PowerShell.WinkConnection].Assembly.GetExportedTypes()
        $attributes = $types.ForEach{ $_.GetCustomAttributes([Management.Automation.CmdletAttribute], $false) }
        $attributes.ForEach{ "$($_.VerbName)-$($_.NounName)" } | Sort-Object | Should -Be ($commands.Name | Sort-Object)
    }

    It 'names cmdlets with approved verbs and singular nouns of its own' {
        $commands.Verb | Where-Object { $_ -notin (Get-Verb).Verb } | Should -BeNullOrEmpty
        $commands.Noun | Where-Object { $_ -notmatch '^Wink([A-Z][a-z]+)*$' -or $_ -match 's$' } | Should -BeNullOrEmpty
    }

    It 'names parameters in the singular, in Pascal case, and as other modules name them' {
        $parameters.Name | Where-Object { $_ -cnotmatch '^([A-Z][a-z]+)+$' -or $_ -match '[^s]s$' } | Should -BeNullOrEmpty
        # Each word that another module has for the same, and ours must not be.
        $others = 'AppId', 'Application', 'Timeout', 'TimeoutSeconds', 'ProxyUri', 'Force', 'Cred', 'Credentials', 'Scopes', 'Throttle',
            'Parallel', 'Silent', 'Session'
        $parameters.Name | Where-Object { $_ -in $others } | Should -BeNullOrEmpty
    }
}
