namespace Wink.Sandbox;

/// <summary>What happens to a rotation, how it must end, and how many rotations the server must see.</summary>
/// <param name="Fault">What happens.</param>
/// <param name="Ends">The outcome, by its name in the client; <see cref="FaultMatrix.Rotated"/> where credentials come out.</param>
/// <param name="Requests">How many rotation requests the server sees.</param>
/// <param name="BringsOthers">Whether credentials arrive that are not the application's: they must be kept.</param>
public sealed record FaultCell(Fault Fault, string Ends, int Requests, bool BringsOthers = false);
