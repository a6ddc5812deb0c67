using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>Takes text as an id or a name, or several.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TextListTransformationAttribute : ListTransformationAttribute<string>
{
    /// <summary>Whether a managing entity stands for its id.</summary>
    public bool TakesManagingEntities { get; set; }

    private protected override string Convert(object? value) => value switch
    {
        string or char or Guid => $"{value}",
        WinkManagingEntity entity when TakesManagingEntities => entity.Id,
        // Not to be bound in any other way, and PowerShell shows why.
        var number when TypedNumber.Is(number) => throw new ArgumentTransformationMetadataException(TypedNumber.Refusal(number)),
        var other => throw Refusal($"An id or a name is text, and this is a {other?.GetType().Name ?? "null"}."),
    };
}
