namespace Wink.Client.Tests;

/// <summary>One rotation that the client made, and all that it said of it.</summary>
/// <param name="Circumstance">What it was given.</param>
/// <param name="Process">Which process made it.</param>
/// <param name="SignedIn">The client ID that the process signed in with.</param>
/// <param name="BeganAt">When.</param>
internal sealed record Attempt(Circumstance Circumstance, ProcessTime Process, string SignedIn, TimeSpan BeganAt)
{
    /// <summary>When it ended, or its process was killed.</summary>
    public TimeSpan EndedAt { get; set; }

    /// <summary>The requests of it.</summary>
    public IReadOnlyList<Exchange> Exchanges { get; set; } = [];

    /// <summary>A client ID that it was given as the one that was read, and when that was.</summary>
    public (string ClientId, TimeSpan At)? Given { get; init; }

    public List<RotatedCredential> Doubtful { get; } = [];

    public RotatedCredential? Rotated { get; set; }

    /// <summary>What it threw.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What it reported meanwhile.</summary>
    public List<string> Said { get; } = [];
}
