using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>The names that a person searches by, with or without wildcards, and which of them were not found yet.</summary>
/// <param name="names">The names; null for any.</param>
internal sealed class NameSearch(string[]? names)
{
    private readonly WildcardPattern[]? _patterns =
        names is null ? null : [.. names.Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase))];

    private readonly HashSet<string> _notFound = names is null
        ? []
        : new(names.Where(name => !WildcardPattern.ContainsWildcardCharacters(name)), StringComparer.OrdinalIgnoreCase);

    /// <summary>The names without wildcards that nothing had so far.</summary>
    public IReadOnlyCollection<string> NotFound => _notFound;

    /// <summary>Whether this is a name that was searched by.</summary>
    public bool Finds(string? name)
    {
        if (names is null || _patterns is null)
            return true;

        var isFound = false;
        for (var i = 0; i < names.Length; i++)
        {
            if (!_patterns[i].IsMatch(name ?? ""))
                continue;

            isFound = true;
            _notFound.Remove(names[i]);
        }

        return isFound;
    }
}
