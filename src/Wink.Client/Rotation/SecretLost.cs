namespace Wink.Client;

/// <summary>
/// A rotation took effect and its response was lost, so the application is rotated once more. That revokes no usable credentials: the
/// secret of the current ones was never received.
/// </summary>
/// <param name="Application">The application.</param>
/// <param name="ClientId">The client ID of the current credentials.</param>
public sealed record SecretLost(ApplicationReference Application, string ClientId) : WinkEvent
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"The rotation of {Application} took effect, but the answer with its secret was lost on the way: client id {ClientId} is in " +
        "force and nobody holds its secret. Rotating once more, since there is nothing left to destroy.";
}
