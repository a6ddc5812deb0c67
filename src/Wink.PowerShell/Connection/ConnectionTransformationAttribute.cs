using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>
/// Says why a connection from another process cannot be used. PowerShell would only say that it cannot convert it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ConnectionTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly string Deserialized = $"Deserialized.{typeof(WinkConnection).FullName}";

    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        inputData is PSObject { TypeNames: var names } && names.Contains(Deserialized)
            ? throw new ArgumentTransformationMetadataException(
                "This connection was made in another process (as with Start-Job or remoting), and only its description came over, " +
                "without its secret. Run Connect-Wink in the job itself, or use Start-ThreadJob or ForEach-Object -Parallel, which share " +
                "connections.")
            : inputData;
}
