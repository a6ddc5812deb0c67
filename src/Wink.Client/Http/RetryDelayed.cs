namespace Wink.Client;

/// <summary>Wink's rate limit is reached (429). It said how long to wait before the same request is sent again.</summary>
/// <param name="Host">The host that asks for the delay.</param>
/// <param name="Duration">How long the delay is.</param>
public sealed record RetryDelayed(string Host, TimeSpan Duration) : WinkEvent
{
    /// <inheritdoc/>
    public override string ToString() => $"{Host} asks to wait {Duration.TotalSeconds:0} s";
}
