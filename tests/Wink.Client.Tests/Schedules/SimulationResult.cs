namespace Wink.Client.Tests;

/// <summary>What came of a schedule.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="Broken">What was done or said that was not right; empty where all promises were kept.</param>
/// <param name="Wink">The truth.</param>
internal sealed record SimulationResult(Schedule Schedule, IReadOnlyList<string> Broken, ModelOfWink Wink)
{
    /// <summary>The story of it.</summary>
    public override string ToString() => string.Join(
        Environment.NewLine,
        [.. Broken.Select(broken => $"Broken: {broken}."), $"{Schedule}", .. Wink.Story ?? []]);
}
