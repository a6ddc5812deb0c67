using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// Whether another rotation of the batch may be sent. None is after the first outcome that may have cost credentials, or that could not
/// keep them.
/// </summary>
internal sealed class StopRule : IDisposable
{
    private readonly PipelineOutput _output;
    private readonly TerminationGuard _guard;
    private readonly CancellationTokenSource _lookUps;
    private string? _reason;

    /// <param name="output">Tells when the pipeline is being stopped, or is to end by an error.</param>
    /// <param name="guard">Tells when the process is to end.</param>
    public StopRule(PipelineOutput output, TerminationGuard guard)
    {
        _output = output;
        _guard = guard;
        _lookUps = CancellationTokenSource.CreateLinkedTokenSource(output.Stopping, guard.Terminating);
    }

    /// <summary>Why no more rotations are sent, in words; null while they may be, and where no error is needed to say so.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>True as long as another rotation may be sent.</summary>
    public bool MaySend => Reason is null && !_output.HasDeferredError && !_output.IsStopping && !_guard.IsTerminating;

    /// <summary>Is cancelled when an application need not be looked up any more.</summary>
    public CancellationToken LookUps => _lookUps.Token;

    /// <summary>After some outcomes no more are sent. Safe to call from any thread: the pipeline's may be busy then.</summary>
    public void Apply(ApplicationReference application, FinishedRotation finished)
    {
        var reason = finished switch
        {
            // What lost this response may lose the next ones, too.
            { Failure.Outcome: RotationOutcome.Unknown or RotationOutcome.SecretLost } =>
                $"the rotation of {application} may have cost its credentials",
            { Failure: not null } => null,
            // What prevents this copy may prevent the next ones, too.
            { EscrowFailure: not null } =>
                $"the new credentials of application {application.ApplicationId} could not be written to escrow",
            _ => null,
        };
        Interlocked.CompareExchange(ref _reason, reason, null);
    }

    /// <summary>Cancels the look-ups once no rotation may be sent.</summary>
    public void CancelLookUps()
    {
        if (!MaySend)
            _lookUps.Cancel();
    }

    public void Dispose() => _lookUps.Dispose();
}
