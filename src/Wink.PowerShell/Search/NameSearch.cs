using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>The names that a person searches by, with or without wildcards, and which of them were not found yet.</summary>
/// <param name="names">The names; null for any.</param>
internal sealed class NameSearch(string[]? names)
{
    private readonly (string Name, WildcardPattern Pattern)[]? _sought = names?.Select(name => (name, Pattern(name))).ToArray();

    private readonly HashSet<string> _notFound = new(
        names?.Where(name => !WildcardPattern.ContainsWildcardCharacters(name)) ?? [], StringComparer.OrdinalIgnoreCase);

    /// <summary>The names without wildcards that nothing had so far.</summary>
    public IReadOnlyCollection<string> NotFound => _notFound;

    /// <summary>Whether this is a name that was searched by.</summary>
    public bool Finds(string? name)
    {
        if (_sought is null)
            return true;

        var isFound = false;
        foreach (var (sought, pattern) in _sought)
        {
            // A name may have brackets, and is typed as it is seen.
            if (!pattern.IsMatch(name ?? "") && !string.Equals(sought, name, StringComparison.OrdinalIgnoreCase))
                continue;

            isFound = true;
            _notFound.Remove(sought);
        }

        return isFound;
    }

    /// <summary>What is no valid pattern, such as a single bracket, is meant as it stands.</summary>
    private static WildcardPattern Pattern(string name)
    {
        try
        {
            var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
            pattern.IsMatch("");
            return pattern;
        }
        catch (WildcardPatternException)
        {
            return new WildcardPattern(WildcardPattern.Escape(name), WildcardOptions.IgnoreCase);
        }
    }
}
