using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>Refuses a number as an id. PowerShell converts the rest.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TextTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => TypedNumber.Is(inputData)
        ? throw new ArgumentTransformationMetadataException(TypedNumber.Refusal(inputData))
        : inputData;
}
