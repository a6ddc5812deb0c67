namespace Wink.Client;

/// <summary>A rotation took effect and its answer was lost, so the application is rotated once more: nobody holds a pair that this could destroy.</summary>
/// <param name="Application">Which application.</param>
/// <param name="ClientId">The client id whose secret nobody holds.</param>
public sealed record SecretLost(ApplicationReference Application, string ClientId) : WinkEvent
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"The rotation of {Application} took effect, but the answer with its secret was lost on the way: client id {ClientId} is in force " +
        "and nobody holds its secret. Rotating once more, since there is nothing left to destroy.";
}
