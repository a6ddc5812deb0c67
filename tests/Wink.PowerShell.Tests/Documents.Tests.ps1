# What the documents claim is shown by something that exists.
BeforeDiscovery {
    $root = Split-Path (Split-Path $PSScriptRoot)
    $documents = 'README.md', '.github/SECURITY.md', 'CONTRIBUTING.md', '.github/GUIDELINES.md' | ForEach-Object { @{ Document = $_ } }
    $readme = Get-Content "$root/README.md" -Raw
    # Those that claim nothing only lead elsewhere.
    $sections = [regex]::Matches($readme, '(?ms)^## (.+?)$(.*?)(?=^## |\z)') | ForEach-Object {
        @{ Section = $_.Groups[1].Value; Text = $_.Groups[2].Value }
    } | Where-Object Section -NE 'Links'
    $security = Get-Content "$root/.github/SECURITY.md" -Raw
    $protections = [regex]::Matches($security, '(?m)^- \*\*(.+?)\*\*.*$') | ForEach-Object {
        @{ Protection = $_.Groups[1].Value; Text = $_.Value }
    }
    $figures = [regex]::Matches($readme, '(?m)^\| (\([a-h]\) .+?) \|') | ForEach-Object { @{ Figure = $_.Groups[1].Value } }
}

BeforeAll {
    $root = Split-Path (Split-Path $PSScriptRoot)
    $files = Get-ChildItem $root -Recurse -File -Force -Exclude '*.received.txt' | Where-Object FullName -NotMatch '[\\/](out|\.git)[\\/]'
    $bench = Get-Content $root/tests/Wink.Benchmarks/*.ps1 -Raw

    function Test-Named ([string] $Name) {
        # A file is named by its path, or by the end of it, perhaps with wildcards.
        $pattern = "*/$($Name -replace '^\./')"
        $files.FullName.Replace('\', '/') -like $pattern
    }
}

Describe 'Every file that <Document> names' -ForEach $documents {
    It 'exists' {
        $text = Get-Content "$root/$Document" -Raw
        $inCode = [regex]::Matches($text, '`([\w./*\[\]-]+\.(cs|ps1|psm1|psd1|md|txt|yml|json|proj|sln))`')
        $linked = [regex]::Matches($text, '(?<=\]\(|src="|srcset=")(?!https?:|#)([^)"#]+)')
        # What a build makes, or a person.
        $others = 'apps.csv', 'Wink.PowerShell.zip'

        foreach ($name in @($inCode + $linked).ForEach{ $_.Groups[1].Value } | Where-Object { $_ -notin $others }) {
            Test-Named $name | Should -Not -BeNullOrEmpty -Because "$Document names $name"
        }
    }
}

Describe 'The README' {
    It 'is short' { (Get-Content "$root/README.md").Count | Should -BeLessThan 150 }

    It 'names a test, or is of Bench, where it says <Section>' -ForEach $sections {
        $Text | Should -Match '\w\.Tests\.ps1|\wTests\.cs|build\.ps1 Bench'
    }

    It 'has a row that Bench prints: <Figure>' -ForEach $figures {
        $titles = [regex]::Matches("$bench", "New-(Ratio)?Row (?<quote>['`"])(?<title>.+?[^'])\k<quote>(?!')").ForEach{
            [regex]::Escape($_.Groups['title'].Value.Replace("''", "'")) -replace '\\\$\w+', '\S+'
        }

        $titles | Where-Object { $Figure -match "^$_`$" } | Should -HaveCount 1
    }
}

Describe 'SECURITY' {
    It 'names the test of what it says is protected: <Protection>' -ForEach $protections {
        $Text | Should -Match '\w\.Tests\.ps1|\wTests\.cs'
    }
}
