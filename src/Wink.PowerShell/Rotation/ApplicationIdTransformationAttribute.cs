using System.Collections;
using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>
/// Takes text as an application's id, and what reads as text: a number, a GUID. Any other object is refused here, so that PowerShell takes
/// the id from its properties, or the whole as -InputObject, and not what it looks like as text.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ApplicationIdTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => Unwrap(inputData) switch
    {
        IList many => many.Cast<object>().Select(Id).ToArray(),
        var one => new[] { Id(one) },
    };

    private static string Id(object value) => Unwrap(value) switch
    {
        var text when text is IConvertible or Guid => LanguagePrimitives.ConvertTo<string>(text),
        var other => throw new ArgumentTransformationMetadataException(
            $"An application's id is text, and this is a {other?.GetType().Name ?? "null"}.",
            // PowerShell tries the next way to bind only after this exception.
            new PSInvalidCastException("It is not text.")),
    };

    private static object Unwrap(object value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
