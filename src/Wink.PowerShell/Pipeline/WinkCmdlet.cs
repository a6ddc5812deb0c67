using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>A cmdlet whose network work is asynchronous, while only the pipeline's thread touches the cmdlet.</summary>
public abstract class WinkCmdlet : PSCmdlet, IDisposable
{
    private protected WinkCmdlet()
    {
        Context = new PipelineContext(ExplainWait);
        Output = new PipelineOutput(this, Context);
    }

    /// <summary>Where asynchronous work comes back to.</summary>
    private protected PipelineContext Context { get; }

    /// <summary>Where it tells what it has to tell.</summary>
    private protected PipelineOutput Output { get; }

    /// <summary>What a person who stops the pipeline is told when work goes on that cannot be cancelled; null where all can.</summary>
    private protected virtual string? WhyItContinues => null;

    /// <inheritdoc/>
    public void Dispose()
    {
        // A downstream Select-Object -First ends a cmdlet without StopProcessing, by Dispose alone.
        Context.Dispose();
        OnDisposed();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => Context.Stop();

    /// <inheritdoc/>
    protected override void EndProcessing() => Output.ThrowDeferredError();

    /// <summary>Is called when all work has ended.</summary>
    private protected virtual void OnDisposed()
    {
    }

    /// <summary>Does some work, on the pipeline's thread but for its awaits, and waits for its end.</summary>
    private protected void Run(Func<IProgress<WinkEvent>, CancellationToken, Task> work)
    {
        Output.Prepare();
        Context.Run(() => work(Output, Context.Stopping));
        Output.ThrowDeferredError();
    }

    /// <summary>Says that something failed while nothing is in flight: an error that ends the pipeline ends it here.</summary>
    private protected void WriteErrorNow(ErrorRecord error)
    {
        Output.WriteOrDeferError(error);
        Output.ThrowDeferredError();
    }

    private void ExplainWait()
    {
        if (WhyItContinues is { } why)
            Output.WriteToHost(why);
    }
}
