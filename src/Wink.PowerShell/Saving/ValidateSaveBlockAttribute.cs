using System.Management.Automation;
using System.Management.Automation.Language;

namespace Wink.PowerShell;

/// <summary>Refuses an empty script block: it would end without an error and save nothing.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateSaveBlockAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is ScriptBlock { Ast: ScriptBlockAst { BeginBlock: null, ProcessBlock: null, EndBlock: var end } } &&
            end is null or { Statements.Count: 0 })
        {
            throw new ValidationMetadataException("-SaveWith is empty, so it would save nothing.");
        }
    }
}
