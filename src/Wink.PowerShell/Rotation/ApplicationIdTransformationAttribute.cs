using System.Management.Automation;
using System.Numerics;

namespace Wink.PowerShell;

/// <summary>
/// Takes text as an application's id, and what is surely as it was typed: a GUID, or a whole number alone. Of a number in a list PowerShell
/// does not keep the text: 007 would be 7, which is another application.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ApplicationIdTransformationAttribute : ItemTransformationAttribute<string>
{
    private protected override string Convert(object? value, bool isInList) => Unwrap(value) switch
    {
        // As it is, wrapped: PowerShell keeps there how a number was typed.
        string or char or Guid => LanguagePrimitives.ConvertTo<string>(value),
        int or long or BigInteger when !isInList => LanguagePrimitives.ConvertTo<string>(value),
        var number when IsNumber(number) => throw Refusal(
            $"{value} is a number here, and may have been typed in another way, such as 007: put the id in quotation marks."),
        var other => throw Refusal($"An application's id is text, and this is a {other?.GetType().Name ?? "null"}."),
    };

    private static bool IsNumber(object? value) =>
        value is BigInteger ||
        (value is not (null or Enum) && Type.GetTypeCode(value.GetType()) is >= TypeCode.SByte and <= TypeCode.Decimal);
}
