namespace Wink.Client;

/// <summary>
/// No usable response to a rotation came, and within seconds the application had another client ID, so it is to be rotated once more. That
/// revokes no usable credentials, unless somebody else rotated the application in those seconds.
/// </summary>
/// <param name="Application">The application.</param>
/// <param name="ClientId">The client ID of the current credentials.</param>
public sealed record RepeatAnnounced(ApplicationReference Application, string ClientId) : WinkEvent
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"No usable response to the rotation of {Application} came, and within seconds its client ID changed to " +
        $"{TerminalText.OneLine(ClientId)}. The rotation is repeated now, unless the client ID changes again or the command is stopped " +
        "here. This assumes that nobody else rotated the application in those seconds, so that no one has the new secret.";
}
