using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Completes an argument with the values that begin with what was typed, or that have a name that does.</summary>
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
            .Where(choice => ResourceIdentifier.IsValid(choice.Value) && (typed.IsMatch(choice.Value) || typed.IsMatch(choice.Name)))
            .OrderBy(choice => choice.Name, StringComparer.CurrentCultureIgnoreCase)
            .Select(choice => new CompletionResult(choice.Value, choice.Name, CompletionResultType.ParameterValue, choice.ToolTip));
    }

    /// <summary>All values that the argument can have.</summary>
    /// <param name="named">The connection that the line names, or null.</param>
    /// <param name="boundParameters">What else the line gives.</param>
    private protected abstract IEnumerable<CompletionChoice> AllChoices(WinkConnection? named, IDictionary boundParameters);
}
