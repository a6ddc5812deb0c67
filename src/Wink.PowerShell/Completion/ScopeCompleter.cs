using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Wink.PowerShell;

/// <summary>Completes the scopes that Wink documents (Account API 30.49.0); others can be typed.</summary>
internal sealed class ScopeCompleter : IArgumentCompleter
{
    private static readonly (string Scope, string Right)[] Known =
    [
        .. from area in new[] { "account", "booking", "payment", "accounting" }
           from right in new[]
           {
               (Name: "read", Words: "view"),
               (Name: "write", Words: "create and change"),
               (Name: "remove", Words: "delete"),
           }
           select ($"{area}.{right.Name}", $"{area}: {right.Words}"),
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        from known in Known
        where known.Scope.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase)
        select new CompletionResult(known.Scope, known.Scope, CompletionResultType.ParameterValue, known.Right);
}
