# Packs the built module as a package for the PowerShell Gallery and as a zip for Azure Automation. The same module gives the same bytes.
param(
    [Parameter(Mandatory)][string] $ModulePath,
    [Parameter(Mandatory)][string] $Destination
)

$ErrorActionPreference = 'Stop'
# The earliest time that a zip can hold.
$noTime = [DateTimeOffset]::new(1980, 1, 1, 0, 0, 0, [TimeSpan]::Zero)
$ownerWritesAllRead = 0x81A4 -shl 16

function Write-Zip {
    # Content has each entry's bytes by its name. Order, times and permissions are the same on every machine.
    param([string] $Path, [Collections.IDictionary] $Content)
    $file = [IO.File]::Create($Path)
    $zip = [IO.Compression.ZipArchive]::new($file, 'Create')
    try {
        foreach ($name in [string[]] $Content.Keys | Sort-Object -Culture '') {
            $entry = $zip.CreateEntry($name)
            $entry.LastWriteTime = $noTime
            $entry.ExternalAttributes = $ownerWritesAllRead
            $stream = $entry.Open()
            $stream.Write($Content[$name], 0, $Content[$name].Length)
            $stream.Dispose()
        }
    }
    finally {
        $zip.Dispose()
        $file.Dispose()
    }
}

function Read-Zip {
    param([string] $Path)
    $content = @{}
    $zip = [IO.Compression.ZipFile]::OpenRead($Path)
    try {
        foreach ($entry in $zip.Entries) {
            $memory = [IO.MemoryStream]::new()
            $stream = $entry.Open()
            $stream.CopyTo($memory)
            $stream.Dispose()
            $content[$entry.FullName] = $memory.ToArray()
        }
    }
    finally { $zip.Dispose() }
    $content
}

$manifest = Get-Item (Join-Path $ModulePath *.psd1)
$name = $manifest.BaseName
$version = (Import-PowerShellDataFile -LiteralPath $manifest).ModuleVersion

$loose = Join-Path ([IO.Path]::GetTempPath()) "wink-package-$([guid]::NewGuid())"
$null = New-Item -ItemType Directory $loose
try {
    Compress-PSResource -Path $ModulePath -DestinationPath $loose
    $content = Read-Zip (Join-Path $loose "$name.$version.nupkg")
}
finally { Remove-Item $loose -Recurse }

# The core properties have a random name and name the machine; no gallery reads them. The types are in the order of the disk.
$content.Keys.Where{ $_ -like '*.psmdcp' }.ForEach{ $content.Remove($_) }
foreach ($part in '_rels/.rels', '[Content_Types].xml') {
    $xml = [xml] [Text.Encoding]::UTF8.GetString($content[$part])
    $kept = $xml.DocumentElement.ChildNodes.Where{ $_.OuterXml -notlike '*psmdcp*' } | Sort-Object OuterXml -Culture ''
    $xml.DocumentElement.RemoveAll()
    $kept.ForEach{ $null = $xml.DocumentElement.AppendChild($_) }
    $content[$part] = [Text.Encoding]::UTF8.GetBytes($xml.OuterXml)
}
Write-Zip (Join-Path $Destination "$name.$version.nupkg") $content

$module = @{}
foreach ($file in Get-ChildItem $ModulePath -Recurse -File) {
    $module["$name/$([IO.Path]::GetRelativePath($ModulePath, $file).Replace('\', '/'))"] = [IO.File]::ReadAllBytes($file)
}
Write-Zip (Join-Path $Destination "$name.zip") $module
