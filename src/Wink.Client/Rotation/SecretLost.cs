namespace Wink.Client;

/// <summary>
/// The response to a rotation was lost, and within seconds the application had another client ID, so it is rotated once more. That revokes
/// no usable credentials, unless somebody else rotated the application in those seconds.
/// </summary>
/// <param name="Application">The application.</param>
/// <param name="ClientId">The client ID of the current credentials.</param>
public sealed record SecretLost(ApplicationReference Application, string ClientId) : WinkEvent
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"The response to the rotation of {Application} was lost, and within seconds its client ID changed to " +
        $"{TerminalText.OneLine(ClientId)}. It is about to be rotated once more, on the assumption that nobody else rotated it in those " +
        "seconds, so that no one has the new secret.";
}
