using System.Security;

namespace Wink.Client;

/// <summary>What one JSON object holds of the members of a rotation's response.</summary>
/// <param name="depth">How many objects stand around it.</param>
internal sealed class FoundCredentials(int depth)
{
    public string? Id { get; set; }

    public string? ClientId { get; set; }

    public SecureString? Secret { get; set; }

    private bool IsWhole => !string.IsNullOrWhiteSpace(ClientId) && Secret is { Length: > 0 };

    private int Depth => depth;

    /// <summary>Of two, the one to take: whole, naming the application, and the outermost.</summary>
    public static FoundCredentials? Better(FoundCredentials? best, FoundCredentials found, string applicationId)
    {
        if (!found.IsWhole)
            return best;

        if (best is null || best.Names(applicationId) != found.Names(applicationId))
            return best?.Names(applicationId) is true ? best : found;

        return found.Depth < best.Depth ? found : best;
    }

    /// <summary>Whether the response says that these credentials are this application's. Identifiers are mostly GUIDs, whose case means nothing.</summary>
    public bool Names(string applicationId) => string.Equals(Id, applicationId, StringComparison.OrdinalIgnoreCase);
}
