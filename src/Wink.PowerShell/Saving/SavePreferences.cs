using System.Collections;
using System.Management.Automation;
using System.Runtime.ExceptionServices;

namespace Wink.PowerShell;

/// <summary>
/// The preferences that hold while the script block of -SaveWith runs: an error is an error, and nothing is only said or asked. They are
/// variables of the block, those that the caller sees, and global ones, since a function sees those of where it was defined. Disposing it
/// restores them.
/// </summary>
internal sealed class SavePreferences(PSVariableIntrinsics variables) : IDisposable
{
    private const string DefaultParameterValues = "PSDefaultParameterValues";

    private static readonly (string Name, object Value)[] Preferences =
    [
        ("ErrorActionPreference", ActionPreference.Continue),
        ("WhatIfPreference", false),
        ("ConfirmPreference", ConfirmImpact.None),
        ("PSNativeCommandUseErrorActionPreference", true),
    ];

    private static readonly string[] Streams =
        ["WarningPreference", "InformationPreference", "ProgressPreference", "VerbosePreference", "DebugPreference"];

    private static readonly string[] Actions = ["ErrorAction", "EA", "WhatIf", "WI", "Confirm", "CF"];

    private readonly List<(string Name, object Value)> _set = [.. Preferences];
    private readonly Stack<Action> _restore = [];

    /// <summary>Sets them.</summary>
    /// <exception cref="SessionStateUnauthorizedAccessException">One of them is read-only.</exception>
    public void Set()
    {
        if (variables.GetValue(DefaultParameterValues) is IDictionary values)
            _set.Add((DefaultParameterValues, WithoutActions(values)));

        // The caller may want its own warnings to end it, or to ask. Those of a vault say nothing of whether it saved.
        foreach (var name in Streams)
        {
            if (LanguagePrimitives.TryConvertTo<ActionPreference>(variables.GetValue(name), out var preference) &&
                preference is not (ActionPreference.Continue or ActionPreference.SilentlyContinue or ActionPreference.Ignore))
            {
                _set.Add((name, ActionPreference.Continue));
            }
        }

        foreach (var (name, value) in _set)
        {
            Replace($"global:{name}", value);
            Replace(name, value);
        }
    }

    /// <summary>The variables of the block: <c>$_</c> is the rotation.</summary>
    public List<PSVariable> VariablesFor(CredentialRotation rotation) =>
        [new("_", rotation), .. _set.Select(preference => new PSVariable(preference.Name, preference.Value))];

    public void Dispose()
    {
        ExceptionDispatchInfo? failed = null;
        while (_restore.TryPop(out var restore))
        {
            try
            {
                restore();
            }
            catch (SessionStateException failure)
            {
                // The block made it read-only. The others must be restored even so: with $ConfirmPreference as it is here, no later command
                // would ask.
                failed ??= ExceptionDispatchInfo.Capture(failure);
            }
        }

        failed?.Throw();
    }

    /// <summary>
    /// The defaults that a person set, as for -Vault, but for those that keep an error silent or a command from doing anything.
    /// </summary>
    private static DefaultParameterDictionary WithoutActions(IDictionary values)
    {
        var kept = new DefaultParameterDictionary();
        foreach (DictionaryEntry entry in values)
        {
            // PowerShell takes the beginning of a parameter's name for it, and wildcards.
            var parameter = new WildcardPattern($"{$"{entry.Key}".Split(':')[^1].Trim(' ', '"', '\'')}*", WildcardOptions.IgnoreCase);
            if (!Actions.Any(parameter.IsMatch))
                kept[entry.Key] = entry.Value;
        }

        return kept;
    }

    private void Replace(string name, object value)
    {
        if (variables.Get(name) is { } variable)
        {
            var before = variable.Value;
            variable.Value = value;
            _restore.Push(() => variable.Value = before);
        }
        else
        {
            variables.Set(name, value);
            _restore.Push(() => variables.Remove(name));
        }
    }
}
