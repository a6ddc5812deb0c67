using System.Security;

namespace Wink.Client;

/// <summary>The members of a rotation's response that were found in one JSON object.</summary>
/// <param name="depth">How many objects enclose it.</param>
internal sealed class FoundCredentials(int depth)
{
    public string? Id { get; set; }

    public string? ClientId { get; set; }

    public SecureString? Secret { get; set; }

    /// <summary>True when a member came more than once, so that another value than this may be meant.</summary>
    public bool IsAmbiguous { get; set; }

    public int Depth => depth;

    public bool IsComplete => !string.IsNullOrWhiteSpace(ClientId) && Secret is { Length: > 0 };
}
