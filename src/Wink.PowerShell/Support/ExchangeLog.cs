using System.Collections.Concurrent;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Hands exchanges from the thread pool to the pipeline's thread, at once and in order (unlike <see cref="Progress{T}"/>).</summary>
internal sealed class ExchangeLog(BlockingCollection<Exchange> exchanges) : IProgress<Exchange>
{
    public void Report(Exchange value) => exchanges.Add(value);
}
