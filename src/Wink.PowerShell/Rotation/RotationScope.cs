using Wink.Client;

namespace Wink.PowerShell;

/// <summary>What the steps of one rotation share.</summary>
/// <param name="Input">The application.</param>
/// <param name="Options">What the person asked for.</param>
/// <param name="StopRule">Tells whether it may still be sent, and applies its outcome to the batch.</param>
/// <param name="Guard">Makes a signal that ends the process wait for it.</param>
/// <param name="Output">The pipeline's streams and the host.</param>
/// <param name="Progress">Shows what the client reports.</param>
internal sealed record RotationScope(
    RotationInput Input,
    RotationOptions Options,
    StopRule StopRule,
    TerminationGuard Guard,
    PipelineOutput Output,
    IProgress<WinkEvent> Progress)
{
    /// <summary>The application.</summary>
    public ApplicationReference Application => Input.Reference;

    /// <summary>The same for an application whose name is known now.</summary>
    /// <param name="name">Its name; null where it could not be read.</param>
    public RotationScope Named(string? name) =>
        name is null ? this : this with { Input = Input with { Reference = Application with { Name = name } } };

    /// <summary>The client that sends.</summary>
    public WinkClient Client => Options.Connection.Client;
}
