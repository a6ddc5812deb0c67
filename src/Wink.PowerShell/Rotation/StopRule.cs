using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// Whether another rotation of the batch may be sent. None is after the first outcome that costs credentials, may still cost them, or could
/// not keep them.
/// </summary>
internal sealed class StopRule : IDisposable
{
    private readonly PipelineOutput _output;
    private readonly TerminationGuard _guard;
    private readonly CancellationTokenSource _noMoreSends;
    private string? _reason;
    private string? _told;

    /// <param name="output">Tells when the pipeline is being stopped, or is to end by an error.</param>
    /// <param name="guard">Tells when the process is to end.</param>
    public StopRule(PipelineOutput output, TerminationGuard guard)
    {
        _output = output;
        _guard = guard;
        _noMoreSends = CancellationTokenSource.CreateLinkedTokenSource(output.Stopping, guard.Terminating);
    }

    /// <summary>The rotations whose outcome is being found out: it may be one after which no more are sent.</summary>
    public UnclearOutcomes Unclear { get; } = new();

    /// <summary>Why no more rotations are sent, in words; null while they may be, and where no error is needed to say so.</summary>
    public string? Reason => Volatile.Read(ref _reason) ?? (_guard.IsTerminating ? "this process was told to end" : null);

    /// <summary>True as long as another rotation may be sent.</summary>
    public bool MaySend => Reason is null && !_output.HasDeferredError && !_output.IsStopping && !_guard.IsTerminating;

    /// <summary>
    /// Whether a reason was not told before: it need not be told for each application. To be used on the pipeline's thread only.
    /// </summary>
    public bool IsNew(string reason)
    {
        var isNew = reason != _told;
        _told = reason;
        return isNew;
    }

    /// <summary>Is cancelled when no rotation may be sent any more. Those that wait, as for a rate limit, need not wait then.</summary>
    public CancellationToken NoMoreSends => _noMoreSends.Token;

    /// <summary>After some outcomes no more are sent. Safe to call from any thread: the pipeline's may be busy then.</summary>
    public void Apply(ApplicationReference application, FinishedRotation finished)
    {
        if (ReasonAfter(application, finished) is not { } reason)
            return;

        Interlocked.CompareExchange(ref _reason, reason, null);
        // Asynchronously: this thread may have received credentials to keep, and must not run what was cancelled.
        _ = _noMoreSends.CancelAsync();
    }

    /// <summary>Applies what cannot tell by itself: an error that is to end the pipeline.</summary>
    public void ApplyDeferredError()
    {
        if (!MaySend)
            _noMoreSends.Cancel();
    }

    public void Dispose() => _noMoreSends.Dispose();

    private static string Describe(ApplicationReference application) =>
        $"application {ApplicationReference.Describe(application.Name, application.ApplicationId)}";

    private static string? ReasonAfter(ApplicationReference application, FinishedRotation finished) => finished switch
    {
        // What lost this response may lose the next ones, too.
        { Failure.Outcome: RotationOutcome.Unknown or RotationOutcome.SecretLost } =>
            $"the rotation of {Describe(application)} may have cost its credentials",
        { Failure.Outcome: RotationOutcome.NotConfirmed } => $"the rotation of {Describe(application)} may still cost its credentials",
        { Failure: not null } => null,
        // What prevents this copy may prevent the next ones, too.
        { EscrowFailure: not null } => $"the new credentials of {Describe(application)} could not be written to escrow",
        { SaveProblem: not null } => $"the new credentials of {Describe(application)} were not saved",
        { Rotation.Verified: false } => $"IAM refuses the new credentials of {Describe(application)}",
        _ => null,
    };
}
