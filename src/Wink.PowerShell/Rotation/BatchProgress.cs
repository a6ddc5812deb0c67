using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>What a batch has done so far, and its progress bar. To be used on the pipeline's thread only.</summary>
/// <param name="time">The source of the time.</param>
/// <param name="show">Shows the bar.</param>
/// <param name="post">Does something on the pipeline's thread, from any thread.</param>
internal sealed class BatchProgress(TimeProvider time, Action<ProgressRecord> show, Action<Action> post) : IDisposable
{
    /// <summary>The title of the bar. A short one leaves room for the counts at 80 columns.</summary>
    private const string Activity = "Rotating";

    /// <summary>More frequent updates only cost time.</summary>
    private static readonly TimeSpan UpdateInterval = TimeSpan.FromMilliseconds(200);

    private readonly long _startedAt = time.GetTimestamp();
    private readonly HashSet<ApplicationReference> _inFlight = [];
    private RetryDelayed? _delay;
    private TimeSpan? _shownAt;
    private ITimer? _later;
    private bool _hasAllInput;
    private int _added;
    private int _rotated;
    private int _failed;
    private int _notSent;

    /// <summary>The applications whose rotation was sent, so that it may have reached Wink, and has no outcome yet.</summary>
    public IReadOnlyCollection<ApplicationReference> InFlight => _inFlight;

    /// <summary>How many have ended, and how.</summary>
    public string Counts => $"{_rotated} rotated, {_failed} failed";

    /// <summary>True when at least one rotation gave new credentials.</summary>
    public bool HasRotated => _rotated > 0;

    /// <summary>True when at least one that was sent has ended.</summary>
    public bool HasFinished => _rotated + _failed > 0;

    /// <summary>True while the rate limit lets no request start.</summary>
    public bool IsDelayed => _delay is not null;

    /// <summary>An application was added to the batch.</summary>
    public void Added() => _added++;

    /// <summary>An input is no application to rotate.</summary>
    public void Refused()
    {
        _added++;
        _notSent++;
        Show();
    }

    /// <summary>No more are added, so that the remaining time can be estimated.</summary>
    public void HasAllInput() => _hasAllInput = true;

    /// <summary>A rotation is sent, or was refused and waits to be sent again.</summary>
    public void Report(RotationInFlight rotation)
    {
        if (rotation.IsInFlight)
            _inFlight.Add(rotation.Application);
        else
            _inFlight.Remove(rotation.Application);

        Show();
    }

    /// <summary>The rate limit lets no request start, or does again. Each request that waits says so each second.</summary>
    public void Report(RetryDelayed delay)
    {
        if (delay.ToString() == _delay?.ToString())
            return;

        _delay = delay.Left > TimeSpan.Zero ? delay : null;
        if (_delay is not null || _added > 1)
            ShowNow();
        else
            Close();
    }

    /// <summary>A rotation that was sent has an outcome.</summary>
    public void Finished(ApplicationReference application, bool rotated)
    {
        _inFlight.Remove(application);
        if (rotated)
            _rotated++;
        else
            _failed++;

        Show();
    }

    /// <summary>A rotation is not sent: it was refused before, not found, declined, cancelled, or not attempted.</summary>
    public void NotSent(ApplicationReference application)
    {
        _inFlight.Remove(application);
        _notSent++;
        Show();
    }

    /// <summary>Removes the bar.</summary>
    public void Close()
    {
        CancelLater();
        if (_shownAt is not null)
            show(new ProgressRecord(0, Activity, "Done") { RecordType = ProgressRecordType.Completed });

        _shownAt = null;
    }

    /// <summary>Nothing is shown any more.</summary>
    public void Dispose() => CancelLater();

    /// <summary>A single rotation has no bar, unless it has to wait.</summary>
    private void Show()
    {
        if (_added <= 1)
            return;

        var wait = UpdateInterval - (time.GetElapsedTime(_startedAt) - (_shownAt ?? TimeSpan.Zero));
        if (wait <= TimeSpan.Zero)
            ShowNow();
        else
            // The last of several changes is shown, too.
            _later ??= time.CreateTimer(_ => post(ShowLater), null, wait, Timeout.InfiniteTimeSpan);
    }

    private void ShowLater()
    {
        // Unless the bar was closed or drawn meanwhile.
        if (_later is not null)
            ShowNow();
    }

    private void CancelLater()
    {
        _later?.Dispose();
        _later = null;
    }

    private void ShowNow()
    {
        var elapsed = time.GetElapsedTime(_startedAt);
        _shownAt = elapsed;
        CancelLater();
        var waiting = _added - _inFlight.Count - _rotated - _failed - _notSent;
        var record = new ProgressRecord(
            0,
            Activity,
            // First, since a narrow terminal cuts the end.
            (_delay is null ? "" : $"{_delay}. ") +
            $"{Counts}, {(_notSent > 0 ? $"{_notSent} not sent, " : "")}{_inFlight.Count} in flight, {waiting} waiting");
        var left = _inFlight.Count + waiting;
        if (_hasAllInput && _rotated + _failed is > 0 and var done)
        {
            record.PercentComplete = 100 * done / (done + left);
            record.SecondsRemaining = (int)(elapsed.TotalSeconds / done * left);
        }

        // The host counts it down beside the text, which says what is waited for.
        if (_delay is not null)
            record.SecondsRemaining = (int)Math.Round(_delay.Left.TotalSeconds);

        show(record);
    }
}
