namespace Wink.Client;

/// <summary>A response was doubtful, but the application has the client ID in it, so the credentials are the application's.</summary>
/// <param name="Application">The application.</param>
/// <param name="Doubt">Why the response was doubtful.</param>
/// <param name="ClientId">The client ID in the response, which the application has.</param>
public sealed record DoubtSettled(ApplicationReference Application, string Doubt, string ClientId) : WinkEvent
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"The response to the rotation of {Application} was doubtful: {Doubt}. Its credentials are taken all the same, since " +
        $"{TerminalText.OneLine(ClientId)} is the application's client ID now. A gateway on the way may mix up responses.";
}
