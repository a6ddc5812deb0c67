using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Management.Automation.Language;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>A value that an argument can have, and what helps a person to choose it.</summary>
internal sealed record CompletionChoice
{
    private readonly string _value;

    private CompletionChoice(string value, string? alsoKnownAs, string?[] details, bool isPattern)
    {
        _value = value;
        AlsoKnownAs = TerminalText.OneLine(alsoKnownAs);
        ListItem = AlsoKnownAs is null || AlsoKnownAs == value ? value : $"{value} ({AlsoKnownAs})";
        ToolTip = string.Join(", ", [AlsoKnownAs ?? value, .. details.Select(TerminalText.OneLine).OfType<string>()]);
        var text = isPattern ? WildcardPattern.Escape(value) : value;
        // Quoted unless it is a plain word or a GUID: PowerShell would take 007 as a number, and -x as a parameter.
        var isPlain = ResourceIdentifier.IsValid(text) && (char.IsAsciiLetter(text[0]) || Guid.TryParseExact(text, "D", out _));
        CompletionText = isPlain ? text : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
    }

    /// <summary>What the argument becomes.</summary>
    public string CompletionText { get; }

    /// <summary>The name of an id, or the id of a name, by which the person may find it, too; null for none.</summary>
    private string? AlsoKnownAs { get; }

    /// <summary>
    /// The text in the list. It begins with the value: PSReadLine types what the texts in the list have in common.
    /// </summary>
    public string ListItem { get; }

    /// <summary>More about it.</summary>
    public string ToolTip { get; }

    /// <summary>An id, with its name; null where it cannot be typed.</summary>
    public static CompletionChoice? OfId(string? id, string? name, params string?[] details) =>
        ResourceIdentifier.IsValid(id) ? new CompletionChoice(id, name, details, isPattern: false) : null;

    /// <summary>A name that may be searched by, with its id; null where it cannot be typed.</summary>
    public static CompletionChoice? OfName(string? name, string? id, params string?[] details) =>
        CanBeTyped(name) ? new CompletionChoice(name, id, details, isPattern: true) : null;

    /// <summary>Any other text; null where it cannot be typed.</summary>
    public static CompletionChoice? OfText(string? text, params string?[] details) =>
        CanBeTyped(text) ? new CompletionChoice(text, null, details, isPattern: false) : null;

    /// <summary>Whether what was typed is the beginning of the value, or of its other name.</summary>
    public bool Begins(WildcardPattern typed) => typed.IsMatch(_value) || (AlsoKnownAs is not null && typed.IsMatch(AlsoKnownAs));

    // A name is other people's text: what controls a terminal must not come into the line.
    private static bool CanBeTyped([NotNullWhen(true)] string? text) => text is not null && TerminalText.OneLine(text) == text;
}
