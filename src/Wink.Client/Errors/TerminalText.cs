namespace Wink.Client;

/// <summary>What a server says goes to a terminal, so it may neither flood it nor steer it.</summary>
public static class TerminalText
{
    private const int Longest = 500;

    /// <summary>The text on one line, without control characters, at most 500 characters of it; null for nothing but white space.</summary>
    /// <param name="text">What a server said.</param>
    public static string? OneLine(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;

        var clipped = text.Length > Longest ? string.Concat(text.AsSpan(0, Longest), "...") : text;
        return string.Concat(clipped.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
    }
}
