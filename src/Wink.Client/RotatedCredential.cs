namespace Wink.Client;

/// <summary>The credentials that a rotation made. Wink shows their secret in that one response and never again.</summary>
/// <param name="Credential">The new client ID and the new secret.</param>
/// <param name="ResponseApplicationId">The application's id as the response gave it, or null where it gave none.</param>
/// <param name="RotatedAt">When the response was received, UTC.</param>
public sealed record RotatedCredential(ClientCredential Credential, string? ResponseApplicationId, DateTime RotatedAt)
{
    /// <summary>The client ID as it may be shown.</summary>
    public string ShownClientId { get; init; } = TerminalText.OneLine(Credential.ClientId) ?? "";

    /// <summary>The client ID that the application had before; null where it could not be read.</summary>
    public string? PreviousClientId { get; init; }

    /// <summary>True when the response was damaged, or was an error, so that the secret may be wrong.</summary>
    internal bool IsDamaged { get; init; }

    /// <summary>True when the JSON names a member more than once, so that another value may be meant.</summary>
    internal bool IsAmbiguous { get; init; }

    /// <summary>
    /// Why these may not be the new credentials of the application, such as "it named another application"; null where there is no doubt.
    /// </summary>
    public string? Doubt { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"client ID {ShownClientId}";
}
