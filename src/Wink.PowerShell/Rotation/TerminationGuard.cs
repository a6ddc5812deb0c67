using System.Reflection;
using System.Runtime.InteropServices;

namespace Wink.PowerShell;

/// <summary>
/// SIGTERM and SIGHUP (docker stop, systemd stop, a closed terminal) end a process at once, and a response that is on its way would be lost. While
/// a guard is there, such a signal waits: nothing new is sent, and what is in flight is received, kept, written to escrow and handed to the
/// pipeline. Then the signal takes its course.
/// </summary>
internal sealed class TerminationGuard : IDisposable
{
    /// <summary>How long a command further down the pipeline may take for what has landed. Escrow is written by then.</summary>
    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(10);

    /// <summary>A signal that has not ended the process by then was cancelled by somebody else.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    /// <summary>Other programs that host PowerShell, Azure Automation among them, decide for themselves what a signal does.</summary>
    private static readonly bool IsPwsh = Assembly.GetEntryAssembly()?.GetName().Name == "pwsh";

    private static readonly HashSet<TerminationGuard> Guards = [];
    private static PosixSignalRegistration[] _registrations = [];

#pragma warning disable CA2213 // A signal may come just now. It has no timer, so nothing is left behind.
    private readonly CancellationTokenSource _terminating = new();
#pragma warning restore CA2213
    private readonly TaskCompletionSource _handled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<Task> _inFlight = [];

    public TerminationGuard()
    {
        if (!IsPwsh)
            return;

        lock (Guards)
        {
            if (Guards.Count == 0)
                _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal)];

            Guards.Add(this);
        }
    }

    /// <summary>Is cancelled when a signal has come: nothing new may be sent.</summary>
    public CancellationToken Terminating => _terminating.Token;

    /// <summary>True when a signal has come.</summary>
    public bool IsTerminating => _terminating.IsCancellationRequested;

    /// <summary>Has a signal wait for this.</summary>
    public void Started(Task flight)
    {
        lock (_inFlight)
            _inFlight.Add(flight);
    }

    /// <summary>Says that the pipeline has taken what this brought.</summary>
    public void Finished(Task flight)
    {
        lock (_inFlight)
        {
            _inFlight.Remove(flight);
            Monitor.PulseAll(_inFlight);
        }
    }

    /// <summary>Waits for the signal to end the process, lest the script gets to its own end before.</summary>
    public void AwaitEnd()
    {
        _handled.Task.Wait();
        Thread.Sleep(LongestEnd);
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

    /// <summary>Runs on a thread of the runtime's. The signal takes its course when this returns.</summary>
    private static void OnSignal(PosixSignalContext context)
    {
        TerminationGuard[] guards;
        lock (Guards)
            guards = [.. Guards];

        foreach (var guard in guards)
            guard._terminating.Cancel();

        foreach (var guard in guards)
            guard.AwaitResponses();

        var until = DateTime.UtcNow + LongestWrite;
        foreach (var guard in guards)
        {
            guard.AwaitWrites(until);
            guard._handled.TrySetResult();
        }
    }

    private void AwaitResponses()
    {
        Task[] inFlight;
        lock (_inFlight)
            inFlight = [.. _inFlight];

        Task.WhenAll(inFlight).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
    }

    private void AwaitWrites(DateTime until)
    {
        lock (_inFlight)
        {
            while (_inFlight.Count > 0 && until - DateTime.UtcNow is { Ticks: > 0 } left)
                Monitor.Wait(_inFlight, left);
        }
    }
}
