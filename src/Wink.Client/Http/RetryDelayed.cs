namespace Wink.Client;

/// <summary>Wink's allowance is used up (429): it said how long to wait before the same request is sent again.</summary>
/// <param name="Host">Who asks for the wait.</param>
/// <param name="Duration">How long it lasts.</param>
public sealed record RetryDelayed(string Host, TimeSpan Duration) : WinkEvent
{
    /// <inheritdoc/>
    public override string ToString() => $"{Host} asks to wait {Duration.TotalSeconds:0} s";
}
