namespace Wink.Client;

/// <summary>A rotation is sent now, so that it may have reached Wink; or Wink refused it, and it waits to be sent again.</summary>
/// <param name="Application">The application.</param>
/// <param name="IsInFlight">Whether it is sent now.</param>
public sealed record RotationInFlight(ApplicationReference Application, bool IsInFlight) : WinkEvent
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"The rotation of {Application} {(IsInFlight ? "is sent now" : "was refused, and waits to be sent again")}.";
}
