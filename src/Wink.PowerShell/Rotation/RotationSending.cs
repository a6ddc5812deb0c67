using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// Sends a rotation, and keeps what is received. It never needs the pipeline's thread, which may be busy with another application.
/// </summary>
/// <param name="input">The application.</param>
/// <param name="options">What the person asked for.</param>
/// <param name="stopRule">Is told the outcome, before anything else may be sent.</param>
/// <param name="output">Is told of requests, delays and warnings.</param>
/// <param name="guard">Tells when the process is to end.</param>
/// <param name="keeper">Keeps the received credentials.</param>
/// <param name="before">The application as it was looked up.</param>
/// <param name="isLast">Whether all others of the batch have ended.</param>
internal sealed class RotationSending(
    RotationInput input,
    RotationOptions options,
    StopRule stopRule,
    PipelineOutput output,
    TerminationGuard guard,
    CredentialKeeper keeper,
    Application before,
    bool isLast)
{
    private readonly ApplicationReference _reference = input.Reference;

    // What is in doubt may be the only copy, so it is kept before it is found out whose it is. The best comes first.
    private FinishedRotation? _doubtful;

    /// <summary>Sends the rotation, and keeps the received credentials in the histories and in escrow.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled before anything was sent.</exception>
    public async Task<FinishedRotation> SendAndKeepAsync()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(output.Stopping, guard.Terminating);
        FinishedRotation? kept = null;
        try
        {
            var client = options.Connection.Client;
            var rotated = await client.RotateCredentialsAsync(_reference, Parameters(cancel.Token), output, cancel.Token);
            kept = keeper.Keep(rotated, before.Name);
            stopRule.Apply(_reference, kept);
            if (!options.SkipLookup)
                await client.ContinueIfOwnAsync(rotated, output, cancel.Token);

            return kept;
        }
        catch (RotationOutcomeException failure)
        {
            return Fail(failure);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // A defect, or a library that cannot be loaded. The request may have been sent, so it must not end without an outcome.
            var unknown = new RotationOutcomeException(RotationOutcome.Unknown, _reference.ManagingEntityId, _reference.ApplicationId);
            return (kept ?? Fail(unknown)) with { Defect = failure.GetType() };
        }
        finally
        {
            keeper.CloseEscrow();
        }
    }

    private RotationParameters Parameters(CancellationToken cancellationToken) => new()
    {
        // A rehearsal takes its time.
        Reading = options.RehearseSave ? null : ClientIdReading.Of(_reference, before),
        MustBeUnchanged = options.AsksFirst,
        IsEntered = true,
        MaximumWait = options.MaximumWait,
        MayRead = !options.SkipLookup,
        MayBeOwn = options.IncludeSelf && isLast,
        ExpectedClientId = options.ExpectedClientId ?? input.Current?.UserName,
        CurrentCredential = input.Current is { } current ? new ClientCredential(current.UserName, current.Password) : null,
        BeforeRepeat = lost => output.WriteWarningAsync(lost.ToString(), cancellationToken),
        Keep = received =>
        {
            var finished = keeper.KeepDoubtful(received, isBest: _doubtful is null);
            _doubtful ??= finished;
        },
        NoMoreSends = stopRule.NoMoreSends,
    };

    private FinishedRotation Fail(RotationOutcomeException failure)
    {
        var finished = (_doubtful ?? new FinishedRotation()) with { Failure = failure, Current = input.Current?.UserName };
        stopRule.Apply(_reference, finished);
        return finished;
    }
}
