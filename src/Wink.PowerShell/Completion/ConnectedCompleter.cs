using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Completes an argument from what Wink has, over the connection that the cmdlet would use; silent where there is none.</summary>
internal abstract class ConnectedCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var named = fakeBoundParameters["Connection"];
        var connection = (named is PSObject wrapped ? wrapped.BaseObject : named) as WinkConnection ?? CurrentConnection.Get();
        if (connection is not { Client.IsSignedOut: false })
            return [];

        var typed = new WildcardPattern($"{WildcardPattern.Escape(wordToComplete.Trim('\'', '"'))}*", WildcardOptions.IgnoreCase);
        return Choices(connection, fakeBoundParameters)
            .Where(choice => PathIdentifier.IsValid(choice.Value) && (typed.IsMatch(choice.Value) || typed.IsMatch(choice.Name)))
            .OrderBy(choice => choice.Name, StringComparer.CurrentCultureIgnoreCase)
            .Select(choice => new CompletionResult(choice.Value, choice.Name, CompletionResultType.ParameterValue, choice.ToolTip));
    }

    /// <summary>All values that the argument can have.</summary>
    private protected abstract IEnumerable<CompletionChoice> Choices(WinkConnection connection, IDictionary boundParameters);
}
