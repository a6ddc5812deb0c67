namespace Wink.PowerShell;

/// <summary>The ids that a person searches by, and which of them were not found yet. Case is ignored: most ids are GUIDs.</summary>
/// <param name="ids">The ids; null for any.</param>
internal sealed class IdSearch(string[]? ids)
{
    private readonly HashSet<string>? _wanted = ids is null ? null : new(ids, StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _notFound = ids is null ? [] : new(ids, StringComparer.OrdinalIgnoreCase);

    /// <summary>The ids that nothing had so far.</summary>
    public IReadOnlyCollection<string> NotFound => _notFound;

    /// <summary>Whether all were found, so that reading on finds no more.</summary>
    public bool HasFoundAll => _wanted is not null && _notFound.Count == 0;

    /// <summary>Whether this is an id that was searched by.</summary>
    public bool Finds(string? id)
    {
        if (_wanted is null)
            return true;

        if (id is null || !_wanted.Contains(id))
            return false;

        _notFound.Remove(id);
        return true;
    }
}
