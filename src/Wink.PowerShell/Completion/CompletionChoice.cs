using Wink.Client;

namespace Wink.PowerShell;

/// <summary>A value that an argument can have, and the name that a person knows.</summary>
internal sealed record CompletionChoice
{
    /// <summary>Offers a value.</summary>
    /// <param name="value">What is completed.</param>
    /// <param name="name">The text that the list shows; the value itself where it has no name.</param>
    /// <param name="details">Other texts that help to choose.</param>
    public CompletionChoice(string? value, string? name, params string?[] details)
    {
        Value = value ?? "";
        Name = TerminalText.OneLine(name) ?? Value;
        var shown = details.Select(TerminalText.OneLine).Where(detail => detail is not null);
        ToolTip = string.Join(", ", [Name, .. shown]);
    }

    public string Value { get; }

    public string Name { get; }

    public string ToolTip { get; }
}
