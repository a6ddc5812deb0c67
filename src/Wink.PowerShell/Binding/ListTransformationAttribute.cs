using System.Collections;
using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>
/// Makes an array of one item or several, and refuses what is none: then PowerShell tries the next way to bind, as by a property. It does
/// so before PowerShell's own conversions, which would take the text of any object.
/// </summary>
internal abstract class ListTransformationAttribute<T> : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public sealed override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => Unwrap(inputData) switch
    {
        null => null,
        IEnumerable many and not (string or IDictionary) => many.Cast<object?>().Select(item => Convert(Unwrap(item))).ToArray(),
        var one => new[] { Convert(one) },
    };

    /// <summary>The item that an object is.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">It is none.</exception>
    private protected abstract T Convert(object? value);

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    /// <summary>PowerShell tries the next way to bind only where there is this inner exception.</summary>
    private protected static ArgumentTransformationMetadataException Refusal(string message) =>
        new(message, new PSInvalidCastException(message));
}
