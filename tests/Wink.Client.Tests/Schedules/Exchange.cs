namespace Wink.Client.Tests;

/// <summary>One request of the client, and what happened to it, as the model saw it.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="Number">Which of its kind it is, from 1 on.</param>
/// <param name="Fate">What happens to it; null for a true answer at once.</param>
/// <param name="BeganAt">When the client began it.</param>
internal sealed record Exchange(RequestKind Kind, int Number, Fate? Fate, TimeSpan BeganAt)
{
    public string? Authorization { get; init; }

    public ProcessTime? Process { get; init; }

    public SimulatedConnection? Connection { get; set; }

    public bool IsOpen { get; set; } = true;

    /// <summary>How often it was written to a connection.</summary>
    public int Writes { get; set; }

    /// <summary>When it was first written; null where it never was.</summary>
    public TimeSpan? WrittenAt { get; set; }

    /// <summary>Of a read: the client ID of the application that its response tells; null where it tells none.</summary>
    public string? ClientId { get; set; }

    /// <summary>Of a read: when its response arrived.</summary>
    public TimeSpan? ArrivedAt { get; set; }
}
