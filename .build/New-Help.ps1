<#
.SYNOPSIS
    Writes the help of the cmdlets (MAML) from the XML docs in their code and from their metadata.
.DESCRIPTION
    On a cmdlet's class: summary (the synopsis), remarks (the description as para, the notes as note), example (title, code, para),
    seealso (a cmdlet's class as cref, or the name of a topic), returns (the text of the output type), input (the text of a type that
    comes by pipeline, or such a type that no parameter has), parameter (-WhatIf or -Confirm, which have no property).
    On a parameter's property: summary, and value for a default that the code does not show. Everything else is metadata.
#>
param(
    [Parameter(Mandatory)][string] $AssemblyPath,
    [Parameter(Mandatory)][string] $Destination
)

$ErrorActionPreference = 'Stop'
# MSBuild takes a line of this form for an error.
trap { "${PSCommandPath}($($_.InvocationInfo.ScriptLineNumber)): error : $_"; exit 1 }
$docs = [xml]::new()
$docs.Load([IO.Path]::ChangeExtension($AssemblyPath, 'xml'))
$cmdlets = foreach ($class in [Reflection.Assembly]::LoadFrom($AssemblyPath).GetExportedTypes()) {
    $declared = $class.GetCustomAttributes([Management.Automation.CmdletAttribute], $false)
    if ($declared) { [Management.Automation.CmdletInfo]::new("$($declared.VerbName)-$($declared.NounName)", $class) }
}

function Get-Doc([string] $Member) {
    $doc = $docs.SelectSingleNode("doc/members/member[@name='$Member']")
    # A parameter that another cmdlet has, too, is described there.
    $elsewhere = if ($doc) { $doc.SelectNodes('inheritdoc').cref }
    $elsewhere ? (Get-Doc $elsewhere) : $doc
}

function Get-Text($Doc, [string] $XPath) {
    foreach ($node in $Doc.SelectNodes($XPath)) {
        if ($node.SelectSingleNode('*')) { throw "Help is plain text: $($node.OuterXml)" }
        [Security.SecurityElement]::Escape(($node.InnerText -replace '\s+', ' ').Trim())
    }
}

function Get-Code($Example) {
    # Without the indentation that the compiler adds.
    $code = $Example.SelectSingleNode('code').InnerText.TrimEnd()
    $indentation = [regex]::Match($code, '^\n( *)').Groups[1].Value
    [Security.SecurityElement]::Escape(($code -replace "(?m)^$indentation").TrimStart("`n"))
}

function Format-Para([string[]] $Text) { $Text.ForEach{ "<maml:para>$_</maml:para>" } }

function Format-Type([string] $Element, [string] $Name, [string] $Text) {
    $description = if ($Text) { "<maml:description>$(Format-Para $Text)</maml:description>" }
    "<command:$Element><dev:type><maml:name>$Name</maml:name></dev:type>$description</command:$Element>"
}

function Format-Parameter([Management.Automation.CommandParameterInfo[]] $InSets, [string] $Text, [string] $Default) {
    # Without a text: as part of the syntax.
    $parameter = $InSets[0]
    $type = [Nullable]::GetUnderlyingType($parameter.ParameterType) ?? $parameter.ParameterType
    $length = "variableLength='$($type.IsArray ? 'true' : 'false')'"
    $value = "<command:parameterValue required='$($type -eq [switch] ? 'false' : 'true')' $length>$($type.Name)</command:parameterValue>"
    $choices = $parameter.Attributes.ValidValues.ForEach{ "<command:parameterValue required='false' $length>$_</command:parameterValue>" }
    $wildcards = $parameter.Attributes.TypeId -contains [Management.Automation.SupportsWildcardsAttribute]
    $position = ($InSets.Position | Measure-Object -Maximum).Maximum
    $pipeline = @(
        if ($InSets.ValueFromPipeline -eq $true) { 'ByValue' }
        if ($InSets.ValueFromPipelineByPropertyName -eq $true) { 'ByPropertyName' }) -join ', '

    "<command:parameter required='$($InSets.IsMandatory -contains $false ? 'false' : 'true')' $length"
    " globbing='$($wildcards ? 'true' : 'false')' pipelineInput='$($pipeline ? "True ($pipeline)" : 'False')'"
    " position='$($position -lt 0 ? 'named' : $position)' aliases='$($parameter.Aliases ? $parameter.Aliases -join ', ' : 'none')'>"
    "<maml:name>$($parameter.Name)</maml:name>"
    if ($Text) {
        "<maml:description>$(Format-Para $Text)</maml:description>$value"
        "<dev:type><maml:name>$($type.Name)</maml:name></dev:type><dev:defaultValue>$Default</dev:defaultValue>"
    }
    elseif ($choices) { "<command:parameterValueGroup>$choices</command:parameterValueGroup>" }
    elseif ($type -ne [switch]) { $value }
    '</command:parameter>'
}

$commands = foreach ($cmdlet in $cmdlets | Sort-Object Name -Culture '') {
    $class = $cmdlet.ImplementingType
    $doc = Get-Doc "T:$class"
    $sets = $cmdlet.ParameterSets | Sort-Object IsDefault -Descending -Stable
    $names = $cmdlet.Parameters.Keys.Where{ $_ -notin [Management.Automation.Cmdlet]::CommonParameters }

    $syntax = foreach ($set in $sets) {
        $inSet = $set.Parameters.Where{ $_.Name -in $names }.ForEach{ Format-Parameter $_ }
        "<command:syntaxItem><maml:name>$($cmdlet.Name)</maml:name>$inSet</command:syntaxItem>"
    }
    $parameters = foreach ($name in $names) {
        $property = $class.GetProperty($name)
        $about = $property ? (Get-Doc "P:$($property.DeclaringType).$name") : $doc.SelectSingleNode("parameter[@name='$name']")
        if (-not $about) { throw "The XML docs of $class do not describe -$name." }
        # An object without a text of its own shows the name of its type, which says nothing here.
        $initial = ($property ? $property.GetValue($class::new()) : $false) -join ', ' -replace '^(System\..*)?$', 'None'
        $default = (Get-Text $about value) ?? [Security.SecurityElement]::Escape($initial)
        Format-Parameter $sets.Parameters.Where{ $_.Name -eq $name } (Get-Text $about summary) $default
    }
    $inputs = @(
        $sets.Parameters.Where{ $_.ValueFromPipeline }.ForEach{ $_.ParameterType.FullName }
        $doc.SelectNodes('input').ForEach{ $_.cref.Substring(2) }
    ) | Select-Object -Unique | ForEach-Object { Format-Type inputType $_ (Get-Text $doc "input[@cref='T:$_']") }
    $outputs = @(
        if ($names -contains 'PassThru') { Format-Type returnValue None 'By default nothing is returned.' }
        $cmdlet.OutputType.ForEach{ Format-Type returnValue $_.Name (Get-Text $doc returns) })
    $number = 0
    $examples = foreach ($example in $doc.SelectNodes('example')) {
        # The empty paragraph sets the next example off.
        $remarks = Format-Para @(Get-Text $example para; '')
        "<command:example><maml:title>---------- Example $((++$number)): $(Get-Text $example title) ----------</maml:title>"
        "<dev:code>$(Get-Code $example)</dev:code><dev:remarks>$remarks</dev:remarks></command:example>"
    }
    $links = foreach ($link in $doc.SelectNodes('seealso')) {
        $target = $link.cref ? $cmdlets.Where{ "T:$($_.ImplementingType)" -eq $link.cref }.Name : $link.InnerText
        if (-not $target) { throw "The XML docs of $class link to $($link.cref), which is no cmdlet." }
        "<maml:navigationLink><maml:linkText>$target</maml:linkText></maml:navigationLink>"
    }
    @"
    <command:command>
        <command:details>
            <command:name>$($cmdlet.Name)</command:name>
            <command:verb>$($cmdlet.Verb)</command:verb><command:noun>$($cmdlet.Noun)</command:noun>
            <maml:description>$(Format-Para (Get-Text $doc summary))</maml:description>
        </command:details>
        <maml:description>$(Format-Para (Get-Text $doc remarks/para))</maml:description>
        <command:syntax>$syntax</command:syntax>
        <command:parameters>$parameters</command:parameters>
        <command:inputTypes>$($inputs ?? (Format-Type inputType None 'Nothing is taken from the pipeline.'))</command:inputTypes>
        <command:returnValues>$($outputs ? $outputs : (Format-Type returnValue None))</command:returnValues>
        <maml:alertSet><maml:alert>$(Format-Para (Get-Text $doc remarks/note))</maml:alert></maml:alertSet>
        <command:examples>$examples</command:examples>
        <command:relatedLinks>$links</command:relatedLinks>
    </command:command>
"@
}

$maml = [Xml.Linq.XDocument]::Parse(@"
<helpItems schema="maml" xmlns="http://msh" xmlns:maml="http://schemas.microsoft.com/maml/2004/10"
    xmlns:command="http://schemas.microsoft.com/maml/dev/command/2004/10" xmlns:dev="http://schemas.microsoft.com/maml/dev/2004/10">
    $commands
</helpItems>
"@)
[IO.File]::WriteAllText($Destination, $maml.ToString().Replace("`r", ''))
