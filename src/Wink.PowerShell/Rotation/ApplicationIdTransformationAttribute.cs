using System.Collections;
using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>
/// Takes text as an application's id, and what is surely as it was typed: a GUID, or a whole number alone. Any other object is refused
/// here, so that PowerShell takes the id from its properties, or the whole as -InputObject, and not what it looks like as text. Of a
/// number in a list PowerShell does not keep the text: 007 would be 7, which is another application.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ApplicationIdTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => Unwrap(inputData) switch
    {
        IList many => many.Cast<object>().Select(id => Id(id, isInList: true)).ToArray(),
        _ => new[] { Id(inputData, isInList: false) },
    };

    private static string Id(object value, bool isInList) => Unwrap(value) switch
    {
        // As it is, wrapped: PowerShell keeps there how a number was typed.
        string or char or Guid => LanguagePrimitives.ConvertTo<string>(value),
        sbyte or byte or short or ushort or int or uint or long or ulong when !isInList => LanguagePrimitives.ConvertTo<string>(value),
        sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal or System.Numerics.BigInteger =>
            throw NotText($"{value} is a number here, and may have been typed in another way, such as 007: put the id in quotation marks."),
        var other => throw NotText($"An application's id is text, and this is a {other?.GetType().Name ?? "null"}."),
    };

    // PowerShell tries the next way to bind only after this inner exception.
    private static ArgumentTransformationMetadataException NotText(string message) => new(message, new PSInvalidCastException(message));

    private static object Unwrap(object value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
