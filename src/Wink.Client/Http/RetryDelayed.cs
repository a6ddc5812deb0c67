namespace Wink.Client;

/// <summary>
/// Wink's rate limit is reached (429), and a request waits until it may start. It is reported each second, and at the end.
/// </summary>
/// <param name="Host">The host that asks for the delay.</param>
/// <param name="Left">How much of it is left; zero at its end.</param>
public sealed record RetryDelayed(string Host, TimeSpan Left) : WinkEvent
{
    /// <inheritdoc/>
    public override string ToString() => $"{Host} asks to wait: {Left.TotalSeconds:0} s left";
}
