using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>A cmdlet with asynchronous network requests. Only the pipeline's thread uses the cmdlet itself.</summary>
public abstract class WinkCmdlet : PSCmdlet, IDisposable
{
    private protected WinkCmdlet()
    {
        Context = new PipelineContext(ExplainWait);
        Output = new PipelineOutput(this, Context);
    }

    /// <summary>The pipeline's thread, which asynchronous work returns to.</summary>
    private protected PipelineContext Context { get; }

    /// <summary>The pipeline's streams and the host.</summary>
    private protected PipelineOutput Output { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A downstream Select-Object -First ends a cmdlet without StopProcessing, by Dispose alone.
        try
        {
            Context.Dispose();
        }
        finally
        {
            OnDisposed();
        }

        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => Context.Stop();

    /// <inheritdoc/>
    protected override void EndProcessing() => Output.ThrowDeferredError();

    /// <summary>Tells a person who stops the pipeline why it has not ended yet, when work continues that cannot be cancelled.</summary>
    private protected virtual void ExplainWait()
    {
    }

    /// <summary>Is called when all work has ended.</summary>
    private protected virtual void OnDisposed()
    {
    }

    /// <summary>Does some work on the pipeline's thread, except while it awaits something, and waits for its end.</summary>
    private protected void Run(Func<IProgress<WinkEvent>, CancellationToken, Task> work)
    {
        Output.Prepare();
        Context.Run(() => work(Output.Events, Context.Stopping));
        Output.ThrowDeferredError();
    }

    /// <summary>Reports a failure while nothing is in flight: an error that ends the pipeline ends it here.</summary>
    private protected void WriteErrorNow(ErrorRecord error)
    {
        Output.WriteOrDeferError(error);
        Output.ThrowDeferredError();
    }
}
