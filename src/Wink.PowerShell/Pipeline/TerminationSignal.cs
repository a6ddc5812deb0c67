using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Wink.PowerShell;

/// <summary>
/// SIGTERM and SIGHUP (docker stop, systemd stop, a closed terminal) end a process immediately, and a response in flight would be lost. As
/// long as there are guards, such a signal waits for what they guard. Then it ends the process.
/// </summary>
internal static class TerminationSignal
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

    /// <summary>Makes signals wait for what is guarded.</summary>
    public static void Add(TerminationGuard guard)
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

            Guards.Add(guard);
            // Another runspace may begin a rotation while the signal waits for those in flight.
            if (_signal is not null)
                guard.Terminate();
        }
    }

    /// <summary>Signals wait no more for what was guarded.</summary>
    public static void Remove(TerminationGuard guard)
    {
        lock (Guards)
        {
            if (!Guards.Remove(guard) || Guards.Count > 0)
                return;

            foreach (var registration in _registrations)
                registration.Dispose();
        }
    }

    /// <summary>
    /// Waits until the signal ends the process, so that the script does not end it before. It does not wait inside another rotation, as in
    /// the script block that saves it: that has to end first.
    /// </summary>
    public static void AwaitEnd(TerminationGuard guard)
    {
        TaskCompletionSource? signal;
        lock (Guards)
        {
            signal = _signal;
            if (signal is null || Guards.Any(other => other != guard && other.IsAroundThisThread))
                return;
        }

        signal.Task.Wait();
        Thread.Sleep(LongestEnd);
        lock (Guards)
            _signal = null;
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
            guard.Terminate();

        foreach (var guard in guards)
            guard.AwaitResponses();

        foreach (var guard in guards)
            guard.AwaitSaves();

        var since = Stopwatch.GetTimestamp();
        foreach (var guard in guards)
            guard.AwaitWrites(() => LongestWrite - Stopwatch.GetElapsedTime(since));

        signal.TrySetResult();
    }
}
