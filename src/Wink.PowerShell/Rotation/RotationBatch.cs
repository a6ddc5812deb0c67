using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// The rotations of one pipeline. Each is as safe as one alone; after the first that may have cost its credentials, or
/// that could not write them to escrow, no more are sent.
/// </summary>
internal sealed class RotationBatch(InvokeWinkCredentialRotationCommand cmdlet, TerminationGuard guard)
{
    private readonly RotationQueue _queue = new(cmdlet.ThrottleLimit);
    private readonly RotationPreflight _preflight = new(cmdlet);
    private readonly RotationProgress _progress = new(cmdlet.MyInvocation.MyCommand.Name);
    private readonly RotationHistory _history = RotationHistory.OfRunspace;
    private string? _whyNoMore;

    /// <summary>True when there is nothing left to do.</summary>
    public bool IsDone => _queue.IsEmpty;

    /// <summary>What is under way, in words, or null.</summary>
    public string? InFlight => _queue.InFlight.Count switch
    {
        0 => null,
        1 => $"The rotation of {_queue.InFlight.First().Reference}",
        var many => $"Each of {many} rotations",
    };

    /// <summary>Where new credentials are kept, for a person who has no other place to find them.</summary>
    public string WhereKept => cmdlet.Connection!.IsOf(_history)
        ? "Get-WinkCredentialRotation, as long as this runspace lives"
        : "Get-WinkCredentialRotation in the runspace that connected, or with -Connection in any other";

    /// <summary>What has become of the rotations, in words, once none is in flight.</summary>
    public string SoFar => (_progress.HasCounted ? $"What was sent was awaited: {_progress.Counts}. " : "") +
        (_progress.HasRotated ? "New credentials are in the output and in Get-WinkCredentialRotation. " : "") +
        $"Nothing was sent for any {(_progress.HasCounted ? "other " : "")}application.";

    private bool MaySend => _whyNoMore is null && !cmdlet.IsEnding && !cmdlet.IsStopping && !guard.IsTerminating;

    /// <summary>Takes an application in, unless it came before.</summary>
    public void Add(ApplicationReference reference, WinkApplication? input)
    {
        if (!_queue.TryAdd(new QueuedRotation(reference, input)))
            cmdlet.Fail(WinkErrors.RotationRepeated(reference));
    }

    /// <summary>Moves each rotation on that can move.</summary>
    public void Advance()
    {
        while (MaySend)
        {
            if (_queue.TryLookAhead(out var next))
                Look(next);
            else if (_queue.TryTake(out next))
                Send(next);
            else
                break;
        }

        if (!MaySend)
            GiveUpWaiting();

        if (_progress.Next(_queue, cmdlet.InputHasEnded) is { } bar)
            cmdlet.WriteLine(StreamPreference.Progress, () => cmdlet.WriteProgress(bar));
    }

    /// <summary>Takes the progress bar away.</summary>
    public void End()
    {
        if (_progress.End() is { } bar)
            cmdlet.WriteLine(StreamPreference.Progress, () => cmdlet.WriteProgress(bar));
    }

    /// <summary>Reads the application's name and client id. The token may lack the right to read, so a failure blocks nothing.</summary>
    private void Look(QueuedRotation rotation)
    {
        if (cmdlet.ExpectedClientId is null && rotation.Input is { } known && known.IsFresh(rotation.Reference, cmdlet.Connection!))
        {
            rotation.Application = known.Description;
            return;
        }

        cmdlet.Start((progress, cancellation) => cmdlet.Client.GetApplicationAsync(rotation.Reference, progress, cancellation), whenDone: read =>
        {
            rotation.Application = read.IsCompletedSuccessfully ? read.Result : new Application();
            if (read.Exception?.InnerException is WinkException failure)
            {
                var text = $"The name and client id of {rotation.Reference} couldn't be read: {failure.Message}";
                cmdlet.WriteLine(StreamPreference.Verbose, () => cmdlet.WriteVerbose(text));
            }

            Advance();
        });
    }

    private void Send(QueuedRotation rotation)
    {
        if (!_preflight.TryPass(rotation.Reference, rotation.Application!, out var escrow))
            return;

        var flight = new RotationFlight(cmdlet.Connection!, _history, rotation.Reference, rotation.Application!, escrow, cmdlet.Verify);
        _queue.TakeOff(rotation);
        Task<CredentialRotation>? running = null;
        cmdlet.Start((progress, cancellation) => running = RunAsync(flight, progress, cancellation), whenDone: landed =>
        {
            _queue.Land(rotation);
            try
            {
                Hear(landed, flight);
            }
            finally
            {
                guard.Finished(landed);
            }

            Advance();
        });
        guard.Started(running!);
    }

    private async Task<CredentialRotation> RunAsync(RotationFlight flight, IProgress<WinkEvent> progress, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, guard.Terminating);
        return await flight.RunAsync(progress, ending.Token);
    }

    private void Hear(Task<CredentialRotation> landed, RotationFlight flight)
    {
        try
        {
            var rotation = landed.GetAwaiter().GetResult();
            _progress.Count(rotated: true);
            // Whatever keeps these from being written may keep the next ones, too.
            if (rotation.EscrowFailure is not null)
                _whyNoMore ??= $"the new credentials of application {rotation.ApplicationId} could not be written to escrow";

            Speak(rotation);
        }
        catch (RotationOutcomeException failure)
        {
            _progress.Count(rotated: false);
            // Whatever ate this answer may eat the next ones.
            if (failure.Outcome is RotationOutcome.Unknown or RotationOutcome.SecretLost)
                _whyNoMore ??= $"the rotation of {failure.Application} may have cost its credentials";

            cmdlet.Fail(WinkErrors.RotationFailed(failure, flight.Doubtful));
            if (flight.Doubtful is { EscrowFailure: { } escrowFailure } doubtful)
                cmdlet.Fail(WinkErrors.EscrowFailed(doubtful, escrowFailure));
        }
        catch (OperationCanceledException) when (cmdlet.IsStopping || guard.IsTerminating)
        {
            // It was given up before Wink acted.
        }
    }

    private void Speak(CredentialRotation rotation)
    {
        var escrow = rotation.EscrowFile is { } file ? $"the escrow file {file} and in " : "";
        var told = $"Application {rotation.ApplicationId} was rotated. Its new credentials are in {escrow}{WhereKept}.";
        if (cmdlet.IsStopping)
        {
            cmdlet.TellPerson(told);
            TellEscrowFailure(rotation);
            return;
        }

        try
        {
            cmdlet.WriteObject(rotation);
        }
        catch (PipelineStoppedException)
        {
            // Whoever was to store it was stopped, too, or had enough before. Select-Object -First throws the same when it takes its last object.
            if (cmdlet.Stopping || cmdlet.IsEnding)
                cmdlet.TellPerson(told);

            TellEscrowFailure(rotation);
            throw;
        }

        // Only now: an error or a warning can end the pipeline, and the credentials must be out by then.
        if (rotation.EscrowFailure is { } failure)
            cmdlet.Fail(WinkErrors.EscrowFailed(rotation, failure));

        if (cmdlet.Verify && rotation.Verified is not true)
            cmdlet.Fail(WinkErrors.NotVerified(rotation));
    }

    /// <summary>For when no error can be written any more: somebody who asked for a copy in escrow would rely on it.</summary>
    private void TellEscrowFailure(CredentialRotation rotation)
    {
        if (rotation.EscrowFailure is not { } failure)
            return;

        var told = WinkErrors.EscrowFailed(rotation, failure).ErrorDetails;
        cmdlet.TellPerson($"{told.Message} {told.RecommendedAction}");
    }

    private void GiveUpWaiting()
    {
        foreach (var waiting in _queue.Clear())
        {
            if (_whyNoMore is not null)
                cmdlet.Fail(WinkErrors.RotationNotAttempted(waiting.Reference, _whyNoMore));
        }
    }
}
