using System.Diagnostics;
using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>How far the rotations of one pipeline are, as a progress bar shows it.</summary>
/// <param name="activity">What the bar is headed with.</param>
internal sealed class RotationProgress(string activity)
{
    /// <summary>A bar that changes more often than this is only slower, not clearer.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private TimeSpan _shownAt;
    private int _rotated;
    private int _failed;

    /// <summary>How many have ended, and how.</summary>
    public string Counts => $"{_rotated} rotated, {_failed} failed";

    /// <summary>True when at least one has ended.</summary>
    public bool HasRotated => _rotated > 0;

    public bool HasCounted => _rotated + _failed > 0;

    public void Count(bool rotated)
    {
        if (rotated)
            _rotated++;
        else
            _failed++;
    }

    /// <summary>What is to be shown now, or null: a single rotation needs no bar, and a bar was shown a moment ago.</summary>
    /// <param name="added">How many came so far.</param>
    /// <param name="inFlight">How many of them are in flight.</param>
    /// <param name="waiting">How many of them wait.</param>
    /// <param name="isWhole">Whether these are all, so that the time left can be told.</param>
    public ProgressRecord? Next(int added, int inFlight, int waiting, bool isWhole)
    {
        var elapsed = Stopwatch.GetElapsedTime(_startedAt);
        if (added < 2 || elapsed - _shownAt < Pace)
            return null;

        _shownAt = elapsed;
        var record = new ProgressRecord(0, activity, $"{Counts}, {inFlight} in flight, {waiting} waiting");
        var left = inFlight + waiting;
        if (isWhole && _rotated + _failed is > 0 and var done)
        {
            record.PercentComplete = 100 * done / (done + left);
            record.SecondsRemaining = (int)(elapsed.TotalSeconds / done * left);
        }

        return record;
    }

    /// <summary>Takes the bar away.</summary>
    public ProgressRecord? End() =>
        _shownAt == TimeSpan.Zero ? null : new ProgressRecord(0, activity, "Done") { RecordType = ProgressRecordType.Completed };
}
