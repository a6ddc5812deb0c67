namespace Wink.Client;

/// <summary>The pair that a rotation made. Wink shows its secret in that one answer and never again.</summary>
/// <param name="Credential">The new client id and the new secret.</param>
/// <param name="AnsweredApplicationId">The application's id as the answer gave it, or null where it gave none.</param>
/// <param name="RotatedAt">When the answer was received, UTC.</param>
public sealed record RotatedCredential(ClientCredential Credential, string? AnsweredApplicationId, DateTime RotatedAt);
