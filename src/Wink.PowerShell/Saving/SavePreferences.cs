using System.Collections;
using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>
/// The preferences that hold while the script block of -SaveWith runs: an error is an error, and nothing is only said or asked. They are
/// variables of the block, and global ones, which is what functions of script modules see. Disposing it restores the global ones.
/// </summary>
internal sealed class SavePreferences : IDisposable
{
    private const string DefaultParameterValues = "PSDefaultParameterValues";

    private static readonly (string Name, object Value)[] Preferences =
    [
        ("ErrorActionPreference", ActionPreference.Continue),
        ("WhatIfPreference", false),
        ("ConfirmPreference", ConfirmImpact.None),
        ("PSNativeCommandUseErrorActionPreference", true),
    ];

    private readonly PSVariableIntrinsics _variables;
    private readonly List<(string Name, object? Value)> _before = [];
    private readonly DefaultParameterDictionary? _defaults;

    public SavePreferences(PSVariableIntrinsics variables)
    {
        _variables = variables;
        foreach (var (name, value) in Preferences)
            Replace(name, value);

        if (variables.GetValue(DefaultParameterValues) is IDictionary values)
        {
            _defaults = WithoutActions(values);
            Replace(DefaultParameterValues, _defaults);
        }
    }

    /// <summary>The variables of the block: <c>$_</c> is the rotation.</summary>
    public List<PSVariable> VariablesFor(CredentialRotation rotation)
    {
        List<PSVariable> variables = [new("_", rotation), .. Preferences.Select(preference => new PSVariable(preference.Name, preference.Value))];
        if (_defaults is not null)
            variables.Add(new PSVariable(DefaultParameterValues, _defaults));

        return variables;
    }

    public void Dispose()
    {
        foreach (var (name, value) in _before)
            _variables.Set($"global:{name}", value);
    }

    /// <summary>The defaults that a person set, as for -Vault, but for those that keep an error silent or a command from doing anything.</summary>
    private static DefaultParameterDictionary WithoutActions(IDictionary values)
    {
        var kept = new DefaultParameterDictionary();
        foreach (DictionaryEntry entry in values)
        {
            var parameter = $"{entry.Key}".Split(':')[^1].Trim('"', '\'');
            if (parameter.ToUpperInvariant() is not ("ERRORACTION" or "EA" or "WHATIF" or "WI" or "CONFIRM" or "CF"))
                kept[entry.Key] = entry.Value;
        }

        return kept;
    }

    private void Replace(string name, object value)
    {
        _before.Add((name, _variables.GetValue($"global:{name}")));
        _variables.Set($"global:{name}", value);
    }
}
