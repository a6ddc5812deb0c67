using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Runtime.ExceptionServices;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>A cmdlet whose network work is asynchronous, while only the pipeline's thread touches the cmdlet.</summary>
public abstract class WinkCmdlet : PSCmdlet, IDisposable
{
    /// <summary>Work that is given up ends within this time; what goes on longer is explained.</summary>
    private static readonly TimeSpan Promptly = TimeSpan.FromMilliseconds(300);

    private readonly CancellationTokenSource _stop = new();
    private ExceptionDispatchInfo? _failedWrite;

    private protected WinkCmdlet()
    {
    }

    /// <summary>True from the moment when the pipeline is being stopped; its streams are closed by then.</summary>
    private protected bool IsStopping => _stop.IsCancellationRequested;

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

    /// <summary>Runs <paramref name="work"/> on the thread pool and waits for its end, while what it reports is written to the streams.</summary>
    /// <param name="work">The work. It knows by itself until when it can be given up.</param>
    /// <param name="whyItGoesOn">What a person who stops the pipeline is told when the work can't be given up.</param>
    /// <remarks>It waits even when the pipeline is being stopped or a line can't be written: what the work brings is never dropped.</remarks>
    private protected T Await<T>(Func<IProgress<WinkEvent>, CancellationToken, Task<T>> work, string? whyItGoesOn = null) =>
        Await((_, log, cancellation) => work(log, cancellation), whyItGoesOn);

    /// <summary>Runs work that finds one object after the other, and writes each to the pipeline as soon as it is found.</summary>
    /// <param name="work">The work. It is given up when nobody takes its objects any more.</param>
    private protected void AwaitEach(Func<Action<object>, IProgress<WinkEvent>, CancellationToken, Task> work) =>
        Await<object?>(
            async (write, log, cancellation) =>
            {
                await work(write, log, cancellation).ConfigureAwait(false);
                return null;
            },
            whyItGoesOn: null);

    /// <summary>Says something on the host itself: what is left when the pipeline's streams are closed.</summary>
    private protected void TellPerson(string text)
    {
        try
        {
            Host.UI.WriteLine($"{MyInvocation.MyCommand.Name}: {text}");
        }
        catch (Exception deaf) when (deaf is HostException or PSNotSupportedException or NotImplementedException)
        {
            // A host without a person.
        }
    }

    private T Await<T>(Func<Action<object>, IProgress<WinkEvent>, CancellationToken, Task<T>> work, string? whyItGoesOn)
    {
        _failedWrite?.Throw();
        using var writes = new BlockingCollection<Action>();
        var task = Task.Run(async () =>
        {
            try
            {
                return await work(found => writes.Add(() => WriteObject(found)), new EventQueue(writes, TryWrite), _stop.Token).ConfigureAwait(false);
            }
            finally
            {
                writes.CompleteAdding();
            }
        });
        try
        {
            foreach (var write in writes.GetConsumingEnumerable(_stop.Token))
                write();
        }
        catch (OperationCanceledException)
        {
            if (Task.WaitAny([task], Promptly) < 0 && whyItGoesOn is not null)
                TellPerson(whyItGoesOn);
        }
        catch
        {
            // Nobody takes the objects any more, as with Select-Object -First.
            _stop.Cancel();
            Task.WaitAny(task);
            throw;
        }

        return task.GetAwaiter().GetResult();
    }

    private void TryWrite(WinkEvent happened)
    {
        if (_failedWrite is not null)
            return;

        try
        {
            Write(happened);
        }
        catch (RuntimeException failure)
        {
            _failedWrite = ExceptionDispatchInfo.Capture(failure);
        }
    }

    private void Write(WinkEvent happened)
    {
        switch (happened)
        {
            case SecretLost:
                WriteWarning(happened.ToString());
                break;
            case RetryWait wait:
                WriteProgress(new ProgressRecord(0, MyInvocation.MyCommand.Name, happened.ToString()) { SecondsRemaining = (int)wait.Duration.TotalSeconds });
                break;
            default:
                WriteDebug(happened.ToString());
                break;
        }
    }
}
