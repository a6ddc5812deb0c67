using System.Collections;
using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>
/// Takes one application or several. Without it, PowerShell would bind a single one from the pipeline by the ids among its properties,
/// since that needs no conversion to an array.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ApplicationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => Unwrap(inputData) switch
    {
        null => null,
        IList many => many.Cast<object?>().Select(Application).ToArray(),
        var one => new[] { Application(one) },
    };

    private static WinkApplication Application(object? value) => Unwrap(value) as WinkApplication ??
        throw new ArgumentTransformationMetadataException(
            $"-InputObject takes what Get-WinkApplication returns, and this is a {Unwrap(value)?.GetType().Name ?? "null"}.",
            // PowerShell tries the next way to bind only after this exception.
            new PSInvalidCastException("It is not an application."));

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
