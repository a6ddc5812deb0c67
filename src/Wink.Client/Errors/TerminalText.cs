using System.Globalization;
using System.Text;

namespace Wink.Client;

/// <summary>What a server says goes to a terminal, so it may neither flood it nor steer it.</summary>
public static class TerminalText
{
    private const int Longest = 500;

    /// <summary>The text on one line, cleaned and at most 500 characters of it; null for nothing but white space.</summary>
    /// <param name="text">What a server said.</param>
    public static string? OneLine(string? text)
    {
        if (text is null)
            return null;

        var line = Clean(text).Trim();
        return line.Length == 0 ? null : line.Length > Longest ? string.Concat(line.AsSpan(0, Longest), "...") : line;
    }

    /// <summary>
    /// The text without what steers a terminal: a control character becomes a space, and a character that is not seen itself but changes how
    /// others are (bidirectional overrides, zero-width characters) is left out.
    /// </summary>
    /// <param name="text">What a server said.</param>
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
