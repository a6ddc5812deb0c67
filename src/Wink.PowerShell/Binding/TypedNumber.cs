using System.Management.Automation;
using System.Numerics;

namespace Wink.PowerShell;

/// <summary>
/// A number where text is wanted: PowerShell has read it, and keeps how it was typed only sometimes. 007 would be 7, which is another
/// application.
/// </summary>
internal static class TypedNumber
{
    /// <summary>Whether it is a number.</summary>
    /// <param name="value">The argument as PowerShell has it, perhaps wrapped.</param>
    public static bool Is(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) is var number &&
        (number is BigInteger ||
        (number is not (null or Enum) && Type.GetTypeCode(number.GetType()) is >= TypeCode.SByte and <= TypeCode.Decimal));

    /// <summary>Says why it is refused, and what to do.</summary>
    public static string Refusal(object? value) =>
        $"{value} is a number here, and may have been typed in another way, such as 007: put it in quotation marks.";
}
