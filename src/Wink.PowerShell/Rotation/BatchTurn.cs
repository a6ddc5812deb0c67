using Wink.Client;

namespace Wink.PowerShell;

/// <summary>One application's place in the order of its batch. To be used on the pipeline's thread only.</summary>
/// <param name="application">The application.</param>
/// <param name="isLast">Whether all others have ended: the application that is signed in has its turn only then.</param>
/// <param name="previous">
/// Completes when the person was asked about the application before it. Null where no person is asked: then this application is not looked
/// up ahead either, but just before its rotation.
/// </param>
/// <param name="ahead">The limit on applications that are looked up ahead.</param>
/// <param name="room">The room for rotations in flight.</param>
/// <param name="progress">Counts what the batch has done.</param>
internal sealed class BatchTurn(
    ApplicationReference application, bool isLast, Task? previous, SemaphoreSlim ahead, BatchRoom room, BatchProgress progress)
    : IDisposable
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isAhead;
    private bool _hasRoom;
    private bool _hasOutcome;

    /// <summary>Whether all others have ended.</summary>
    public bool IsLast => isLast;

    /// <summary>True when this application is to have another turn, when all others have ended.</summary>
    public bool IsPostponed { get; private set; }

    /// <summary>Completes when the person was asked about this application, or need not be.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Waits until this application may be looked up.</summary>
    public async Task WaitToLookUpAsync()
    {
        if (previous is null)
        {
            await WaitForRoomAsync();
            return;
        }

        await ahead.WaitAsync();
        _isAhead = true;
    }

    /// <summary>
    /// Waits until the person may be asked about this application: after those before it, and when one more rotation may be in flight.
    /// </summary>
    public async Task WaitToAskAsync()
    {
        if (previous is null)
            return;

        await previous;
        await WaitForRoomAsync();
        LeaveAhead();
    }

    /// <summary>Its rotation is being sent: the person may be asked about the next application.</summary>
    public void Started() => _asked.TrySetResult();

    /// <summary>Its rotation has an outcome.</summary>
    /// <param name="failure">The outcome of a rotation that failed; null for one that did not.</param>
    public void Finished(RotationOutcome? failure)
    {
        if (failure == RotationOutcome.NotSent)
            return;

        _hasOutcome = true;
        progress.Finished(application, rotated: failure is null);
    }

    /// <summary>Gives this application another turn, when all others have ended.</summary>
    public void Postpone() => IsPostponed = true;

    /// <summary>Nothing more is done for this application in this turn.</summary>
    public void Dispose()
    {
        LeaveAhead();
        if (_hasRoom)
            room.Leave();

        _asked.TrySetResult();
        if (!IsPostponed && !_hasOutcome)
            progress.NotSent(application);
    }

    private async Task WaitForRoomAsync()
    {
        await room.EnterAsync();
        _hasRoom = true;
    }

    private void LeaveAhead()
    {
        if (_isAhead)
            ahead.Release();

        _isAhead = false;
    }
}
