using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>What a batch has done so far, and its progress bar. To be used on the pipeline's thread only.</summary>
/// <param name="activity">The title of the bar.</param>
/// <param name="time">The source of the time.</param>
/// <param name="show">Shows the bar.</param>
internal sealed class BatchProgress(string activity, TimeProvider time, Action<ProgressRecord> show)
{
    /// <summary>More frequent updates only cost time.</summary>
    private static readonly TimeSpan UpdateInterval = TimeSpan.FromMilliseconds(200);

    private readonly long _startedAt = time.GetTimestamp();
    private readonly HashSet<ApplicationReference> _inFlight = [];
    private TimeSpan? _shownAt;
    private bool _hasAllInput;
    private int _added;
    private int _ended;
    private int _rotated;
    private int _failed;

    /// <summary>The applications whose rotation is in flight.</summary>
    public IReadOnlyCollection<ApplicationReference> InFlight => _inFlight;

    /// <summary>How many have ended, and how.</summary>
    public string Counts => $"{_rotated} rotated, {_failed} failed";

    /// <summary>True when at least one rotation gave new credentials.</summary>
    public bool HasRotated => _rotated > 0;

    /// <summary>True when at least one that was sent has ended.</summary>
    public bool HasFinished => _rotated + _failed > 0;

    /// <summary>An application was added to the batch.</summary>
    public void Added() => _added++;

    /// <summary>No more are added, so that the remaining time can be estimated.</summary>
    public void HasAllInput() => _hasAllInput = true;

    /// <summary>A rotation is in flight.</summary>
    public void Started(ApplicationReference application)
    {
        _inFlight.Add(application);
        Show();
    }

    /// <summary>A rotation that was sent has an outcome.</summary>
    public void Finished(ApplicationReference application, bool rotated)
    {
        _inFlight.Remove(application);
        if (rotated)
            _rotated++;
        else
            _failed++;
    }

    /// <summary>Nothing more is done for an application, whether or not its rotation was sent.</summary>
    public void Ended(ApplicationReference application)
    {
        _inFlight.Remove(application);
        _ended++;
        Show();
    }

    /// <summary>Removes the bar.</summary>
    public void Close()
    {
        if (_shownAt is not null)
            show(new ProgressRecord(0, activity, "Done") { RecordType = ProgressRecordType.Completed });
    }

    /// <summary>A single rotation has no bar.</summary>
    private void Show()
    {
        var elapsed = time.GetElapsedTime(_startedAt);
        if (_added < 2 || elapsed - (_shownAt ?? TimeSpan.Zero) < UpdateInterval)
            return;

        _shownAt = elapsed;
        var waiting = _added - _inFlight.Count - _ended;
        // Refused, not found, declined, or not attempted.
        var notSent = _ended - _rotated - _failed;
        var record = new ProgressRecord(
            0, activity, $"{Counts}, {(notSent > 0 ? $"{notSent} not sent, " : "")}{_inFlight.Count} in flight, {waiting} waiting");
        var left = _inFlight.Count + waiting;
        if (_hasAllInput && _rotated + _failed is > 0 and var done)
        {
            record.PercentComplete = 100 * done / (done + left);
            record.SecondsRemaining = (int)(elapsed.TotalSeconds / done * left);
        }

        show(record);
    }
}
