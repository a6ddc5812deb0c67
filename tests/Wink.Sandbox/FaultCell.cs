namespace Wink.Sandbox;

/// <summary>A fault during a rotation, the expected outcome, and how many rotation requests the server must see.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Outcome">The outcome, by its name in the client; <see cref="FaultMatrix.Rotated"/> for new credentials.</param>
/// <param name="Requests">How many rotation requests the server sees.</param>
/// <param name="BringsOthers">Whether credentials are received that are not the application's: they must be kept.</param>
public sealed record FaultCell(Fault Fault, string Outcome, int Requests, bool BringsOthers = false);
