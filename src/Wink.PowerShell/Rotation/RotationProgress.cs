using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>The progress bar of the rotations of one pipeline.</summary>
/// <param name="activity">The title of the bar.</param>
/// <param name="time">The source of the time.</param>
internal sealed class RotationProgress(string activity, TimeProvider time)
{
    /// <summary>More frequent updates only cost time.</summary>
    private static readonly TimeSpan UpdateInterval = TimeSpan.FromMilliseconds(200);

    private readonly long _startedAt = time.GetTimestamp();
    private TimeSpan _shownAt;
    private int _rotated;
    private int _failed;

    /// <summary>How many have ended, and how.</summary>
    public string Counts => $"{_rotated} rotated, {_failed} failed";

    /// <summary>True when at least one rotation gave new credentials.</summary>
    public bool HasRotated => _rotated > 0;

    /// <summary>True when at least one has ended.</summary>
    public bool HasCounted => _rotated + _failed > 0;

    public void Count(bool rotated)
    {
        if (rotated)
            _rotated++;
        else
            _failed++;
    }

    /// <summary>The record to show now; null for a single rotation, or where the last one was shown a moment ago.</summary>
    /// <param name="added">How many were added so far.</param>
    /// <param name="inFlight">How many of them are in flight.</param>
    /// <param name="waiting">How many of them wait.</param>
    /// <param name="isComplete">Whether these are all, so that the remaining time can be estimated.</param>
    public ProgressRecord? Next(int added, int inFlight, int waiting, bool isComplete)
    {
        var elapsed = time.GetElapsedTime(_startedAt);
        if (added < 2 || elapsed - _shownAt < UpdateInterval)
            return null;

        _shownAt = elapsed;
        var record = new ProgressRecord(0, activity, $"{Counts}, {inFlight} in flight, {waiting} waiting");
        var left = inFlight + waiting;
        if (isComplete && _rotated + _failed is > 0 and var done)
        {
            record.PercentComplete = 100 * done / (done + left);
            record.SecondsRemaining = (int)(elapsed.TotalSeconds / done * left);
        }

        return record;
    }

    /// <summary>The record that removes the bar; null where none was shown.</summary>
    public ProgressRecord? End() =>
        _shownAt == TimeSpan.Zero ? null : new ProgressRecord(0, activity, "Done") { RecordType = ProgressRecordType.Completed };
}
