using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Wink.PowerShell;

/// <summary>
/// SIGTERM and SIGHUP (docker stop, systemd stop, a closed terminal) end a process immediately, and a response in flight would be lost. A
/// guard makes such a signal wait: nothing new is sent, and what is in flight is received, kept, written to escrow and written to the
/// pipeline. Then the signal ends the process.
/// </summary>
internal sealed class TerminationGuard : IDisposable
{
    /// <summary>How long a later command of the pipeline may take for the received credentials. Escrow is written by then.</summary>
    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(10);

    /// <summary>A signal that has not ended the process by then was cancelled by other code.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    /// <summary>Other programs that host PowerShell, such as Azure Automation, handle signals themselves.</summary>
    private static readonly bool IsPwsh = Assembly.GetEntryAssembly()?.GetName().Name == "pwsh";

    private static readonly HashSet<TerminationGuard> Guards = [];
    private static PosixSignalRegistration[] _registrations = [];

    /// <summary>Completes when everything that a signal waits for has ended; null while there is no signal.</summary>
    private static TaskCompletionSource? _signal;

#pragma warning disable CA2213 // A signal may still use it. It has no timer, so nothing leaks.
    private readonly CancellationTokenSource _terminating = new();
#pragma warning restore CA2213
    private readonly HashSet<Task> _inFlight = [];
    private readonly HashSet<Task> _unsaved = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public TerminationGuard()
    {
        if (!IsPwsh)
            return;

        lock (Guards)
        {
            if (Guards.Count == 0)
            {
                _registrations =
                [
                    PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
                    PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal),
                ];
            }

            Guards.Add(this);
            // Another runspace may begin a rotation while the signal waits for those in flight.
            if (_signal is not null)
                _terminating.Cancel();
        }
    }

    /// <summary>Is cancelled when a signal was received: nothing new may be sent.</summary>
    public CancellationToken Terminating => _terminating.Token;

    /// <summary>True when a signal was received.</summary>
    public bool IsTerminating => _terminating.IsCancellationRequested;

    /// <summary>Starts a rotation, and makes a signal wait for it from its first moment.</summary>
    /// <param name="start">Starts it.</param>
    /// <param name="isToBeSaved">Whether a signal also waits until <see cref="Saved"/>, however long that takes.</param>
    public Task<T> Start<T>(Func<Task<T>> start, bool isToBeSaved)
    {
        lock (_inFlight)
        {
            var rotation = start();
            _inFlight.Add(rotation);
            if (isToBeSaved)
                _unsaved.Add(rotation);

            return rotation;
        }
    }

    /// <summary>The credentials of this rotation were saved, or cannot be.</summary>
    public void Saved(Task rotation)
    {
        lock (_inFlight)
        {
            _unsaved.Remove(rotation);
            Monitor.PulseAll(_inFlight);
        }
    }

    /// <summary>The result of this rotation was written to the pipeline.</summary>
    public void Finished(Task rotation)
    {
        lock (_inFlight)
        {
            _unsaved.Remove(rotation);
            _inFlight.Remove(rotation);
            Monitor.PulseAll(_inFlight);
        }
    }

    /// <summary>
    /// Waits until the signal ends the process, so that the script does not end it before. It does not wait inside another rotation, as in
    /// the script block that saves it: that has to end first.
    /// </summary>
    public void AwaitEnd()
    {
        TaskCompletionSource? signal;
        lock (Guards)
        {
            signal = _signal;
            if (signal is null || Guards.Any(other => other != this && other._thread == _thread && other.HasInFlight))
                return;
        }

        signal.Task.Wait();
        Thread.Sleep(LongestEnd);
        lock (Guards)
            _signal = null;
    }

    public void Dispose()
    {
        lock (Guards)
        {
            if (!Guards.Remove(this) || Guards.Count > 0)
                return;

            foreach (var registration in _registrations)
                registration.Dispose();
        }
    }

    private bool HasInFlight
    {
        get
        {
            lock (_inFlight)
                return _inFlight.Count > 0;
        }
    }

    /// <summary>Runs on a thread of the runtime. The signal ends the process when this returns.</summary>
    private static void OnSignal(PosixSignalContext context)
    {
        TerminationGuard[] guards;
        TaskCompletionSource signal;
        lock (Guards)
        {
            signal = _signal ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            guards = [.. Guards];
        }

        foreach (var guard in guards)
            guard._terminating.Cancel();

        foreach (var guard in guards)
            guard.AwaitResponses();

        foreach (var guard in guards)
            guard.AwaitSaves();

        var since = Stopwatch.GetTimestamp();
        foreach (var guard in guards)
            guard.AwaitWrites(since);

        signal.TrySetResult();
    }

    private void AwaitResponses()
    {
        Task[] inFlight;
        lock (_inFlight)
            inFlight = [.. _inFlight];

        Task.WhenAll(inFlight).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
    }

    /// <summary>
    /// Without a limit: a save may be all that outlives the process. Whoever sent the signal sets one by a later SIGKILL.
    /// </summary>
    private void AwaitSaves()
    {
        lock (_inFlight)
        {
            while (_unsaved.Count > 0)
                Monitor.Wait(_inFlight);
        }
    }

    private void AwaitWrites(long since)
    {
        lock (_inFlight)
        {
            while (_inFlight.Count > 0 && LongestWrite - Stopwatch.GetElapsedTime(since) is { Ticks: > 0 } left)
                Monitor.Wait(_inFlight, left);
        }
    }
}
