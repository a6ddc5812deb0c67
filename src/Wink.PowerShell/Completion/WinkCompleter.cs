using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Wink.PowerShell;

/// <summary>Completes an argument with the values that begin with what was typed, or that have another name that does.</summary>
internal abstract class WinkCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var named = fakeBoundParameters["Connection"];
        var connection = (named is PSObject wrapped ? wrapped.BaseObject : named) as WinkConnection;
        var typed = new WildcardPattern($"{WildcardPattern.Escape(wordToComplete.Trim('\'', '"'))}*", WildcardOptions.IgnoreCase);
        return AllChoices(connection, fakeBoundParameters)
            .OfType<CompletionChoice>()
            .Where(choice => choice.Begins(typed))
            .DistinctBy(choice => choice.ListItem)
            .OrderBy(choice => choice.ListItem, StringComparer.CurrentCultureIgnoreCase)
            .Select(choice => new CompletionResult(
                choice.CompletionText, choice.ListItem, CompletionResultType.ParameterValue, choice.ToolTip));
    }

    /// <summary>All values that the argument can have; null for one that cannot be typed.</summary>
    /// <param name="named">The connection that the line names, or null.</param>
    /// <param name="boundParameters">What else the line gives.</param>
    private protected abstract IEnumerable<CompletionChoice?> AllChoices(WinkConnection? named, IDictionary boundParameters);

    /// <summary>A parameter of the line as one text: the first one of several; null where it is not given.</summary>
    private protected static string? Text(IDictionary boundParameters, string name) => boundParameters[name] switch
    {
        PSObject { BaseObject: IList { Count: > 0 } many } => many[0]?.ToString(),
        IList { Count: > 0 } many => many[0]?.ToString(),
        var one => one?.ToString() is { Length: > 0 } text ? text : null,
    };
}
