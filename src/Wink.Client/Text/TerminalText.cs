using System.Globalization;
using System.Text;

namespace Wink.Client;

/// <summary>Makes text from a server safe to show: it must neither flood nor control the terminal.</summary>
public static class TerminalText
{
    private const int MaxLength = 500;

    /// <summary>The text on one line, cleaned, at most 500 characters of it; null where it is only white space.</summary>
    /// <param name="text">Text from a server.</param>
    public static string? OneLine(string? text)
    {
        if (text is null)
            return null;

        var line = Clean(text).Trim();
        return line.Length == 0 ? null : line.Length > MaxLength ? string.Concat(line.AsSpan(0, MaxLength), "...") : line;
    }

    /// <summary>
    /// The text without what controls a terminal: a control character becomes a space, and an invisible character that changes how others
    /// are shown (bidirectional overrides, zero-width characters) is removed.
    /// </summary>
    /// <param name="text">Text from a server.</param>
    public static string Clean(string text)
    {
        if (text.All(c => char.IsAscii(c) && !char.IsControl(c)))
            return text;

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator:
                    clean.Append(' ');
                    break;
                case UnicodeCategory.Format:
                    break;
                default:
                    clean.Append(rune.ToString());
                    break;
            }
        }

        return clean.ToString();
    }
}
