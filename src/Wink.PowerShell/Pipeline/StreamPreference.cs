using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>
/// The preference for one of PowerShell's streams, found in PowerShell's order: its parameter, then -Debug and -Verbose, then its variable.
/// </summary>
internal sealed class StreamPreference
{
    public static readonly StreamPreference Error = new("ErrorAction", "ErrorActionPreference");
    public static readonly StreamPreference Warning =
        new("WarningAction", "WarningPreference") { AsksWithDebug = true, IsShownWithVerbose = true };
    public static readonly StreamPreference Verbose = new("Verbose", "VerbosePreference") { AsksWithDebug = true };
    public static readonly StreamPreference Debug = new("Debug", "DebugPreference");
    public static readonly StreamPreference Information = new("InformationAction", "InformationPreference");
    public static readonly StreamPreference Progress = new("ProgressAction", "ProgressPreference");

    private readonly string _parameter;
    private readonly string _variable;

    private StreamPreference(string parameter, string variable)
    {
        _parameter = parameter;
        _variable = variable;
    }

    private bool AsksWithDebug { get; init; }

    private bool IsShownWithVerbose { get; init; }

    /// <summary>True when lines of this stream are not shown.</summary>
    public bool IsSilent(PSCmdlet cmdlet) => Find(cmdlet).Preference is ActionPreference.SilentlyContinue or ActionPreference.Ignore;

    /// <summary>True when a line of this stream ends the pipeline.</summary>
    public bool IsStop(PSCmdlet cmdlet) => Find(cmdlet).Preference == ActionPreference.Stop;

    /// <summary>What makes PowerShell ask before a line of this stream, as the person wrote it; null where it does not ask.</summary>
    public string? WhatAsks(PSCmdlet cmdlet) => Find(cmdlet) is (ActionPreference.Inquire, var asks) ? asks : null;

    /// <summary>True when PowerShell stops or asks at a line of this stream.</summary>
    public bool IsInterrupting(PSCmdlet cmdlet) => Find(cmdlet).Preference is ActionPreference.Stop or ActionPreference.Inquire;

    private static bool IsOn(PSCmdlet cmdlet, string parameter) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out var bound) && bound is SwitchParameter { IsPresent: true };

    private (ActionPreference? Preference, string SetBy) Find(PSCmdlet cmdlet)
    {
        if (cmdlet.MyInvocation.BoundParameters.TryGetValue(_parameter, out var bound))
        {
            return bound is SwitchParameter { IsPresent: var isOn }
                ? (isOn ? ActionPreference.Continue : ActionPreference.SilentlyContinue, $"-{_parameter}")
                : (Convert(bound), $"-{_parameter} {bound}");
        }

        if (AsksWithDebug && IsOn(cmdlet, "Debug"))
            return (ActionPreference.Inquire, "-Debug");

        if (IsShownWithVerbose && IsOn(cmdlet, "Verbose"))
            return (ActionPreference.Continue, "-Verbose");

        var chosen = cmdlet.GetVariableValue(_variable);
        return (Convert(chosen), $"${_variable} = '{chosen}'");
    }

    private static ActionPreference? Convert(object? chosen) =>
        chosen is not null && LanguagePrimitives.TryConvertTo<ActionPreference>(chosen, out var preference) ? preference : null;
}
