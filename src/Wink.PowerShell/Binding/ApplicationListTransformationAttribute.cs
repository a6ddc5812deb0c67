namespace Wink.PowerShell;

/// <summary>
/// Takes one application or several. Without it, PowerShell would bind a single one from the pipeline by the ids among its properties,
/// since that needs no conversion to an array.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ApplicationListTransformationAttribute : ListTransformationAttribute<WinkApplication>
{
    private protected override WinkApplication Convert(object? value) => value as WinkApplication ??
        throw Refusal($"-InputObject takes what Get-WinkApplication returns, and this is a {value?.GetType().Name ?? "null"}.");
}
