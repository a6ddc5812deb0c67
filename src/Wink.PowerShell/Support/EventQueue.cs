using System.Collections.Concurrent;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Hands events from the thread pool to the pipeline's thread, at once and in order (unlike <see cref="Progress{T}"/>).</summary>
internal sealed class EventQueue(BlockingCollection<Action> writes, Action<WinkEvent> write) : IProgress<WinkEvent>
{
    public void Report(WinkEvent value) => writes.Add(() => write(value));
}
