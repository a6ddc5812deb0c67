using System.Collections.Concurrent;
using System.Management.Automation;
using System.Runtime.ExceptionServices;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>A cmdlet whose network work is asynchronous, while only the pipeline's thread touches the cmdlet.</summary>
public abstract class WinkCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private ExceptionDispatchInfo? _failedWrite;

    private protected WinkCmdlet()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A downstream Select-Object -First ends a cmdlet without StopProcessing, by Dispose alone.
        _stop.Cancel();
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <inheritdoc/>
    protected override void EndProcessing() => _failedWrite?.Throw();

    /// <summary>Runs <paramref name="work"/> on the thread pool and waits for its end, while what it logs is written as debug lines.</summary>
    /// <remarks>
    /// It waits even when the pipeline is being stopped or a debug line can't be written: the work itself knows until when it can be
    /// given up, and what it brings is never dropped.
    /// </remarks>
    private protected T Await<T>(Func<IProgress<Exchange>, CancellationToken, Task<T>> work)
    {
        _failedWrite?.Throw();
        using var exchanges = new BlockingCollection<Exchange>();
        var task = Task.Run(async () =>
        {
            try
            {
                return await work(new ExchangeLog(exchanges), _stop.Token).ConfigureAwait(false);
            }
            finally
            {
                exchanges.CompleteAdding();
            }
        });
        foreach (var exchange in exchanges.GetConsumingEnumerable())
            TryWriteDebug(exchange);

        return task.GetAwaiter().GetResult();
    }

    private void TryWriteDebug(Exchange exchange)
    {
        if (_failedWrite is not null)
            return;

        try
        {
            WriteDebug(exchange.ToString());
        }
        catch (RuntimeException failure)
        {
            _failedWrite = ExceptionDispatchInfo.Capture(failure);
        }
    }
}
