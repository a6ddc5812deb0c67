using System.Collections.Concurrent;

namespace Wink.Client.Tests;

/// <summary>All that the client reports on its way, as text.</summary>
internal sealed class RecordingProgress : IProgress<WinkEvent>
{
    private readonly ConcurrentQueue<WinkEvent> _events = new();

    public void Report(WinkEvent value) => _events.Enqueue(value);

    public override string ToString() => string.Join('\n', _events);
}
