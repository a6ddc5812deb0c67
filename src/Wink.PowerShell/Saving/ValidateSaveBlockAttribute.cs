using System.Management.Automation;
using System.Management.Automation.Language;

namespace Wink.PowerShell;

/// <summary>
/// Refuses a script block that could not save, before anything is sent: an empty one, one with clauses such as process, which PowerShell
/// does not run here, and one with parameters, which nothing is bound to.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateSaveBlockAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is not ScriptBlock { Ast: var ast })
            return;

        var function = ast as FunctionDefinitionAst;
        if ((function?.Body ?? ast as ScriptBlockAst) is not { } block)
            return;

        var problem = block switch
        {
            { BeginBlock: not null } or { ProcessBlock: not null } or { DynamicParamBlock: not null } or { EndBlock.Unnamed: false } =>
                "has clauses, such as process: write what saves as a block without any",
            { ParamBlock.Parameters.Count: > 0 } => "has parameters: the rotation is $_",
            _ when function?.Parameters is { Count: > 0 } => "has parameters: the rotation is $_",
            { EndBlock: null or { Statements.Count: 0 } } => "is empty, so it would save nothing",
            _ => null,
        };
        if (problem is not null)
            throw new ValidationMetadataException($"-SaveWith {problem}.");
    }
}
