namespace Wink.PowerShell;

/// <summary>
/// The rotations of a batch that had no usable response, and whose outcome is being found out. Safe to share between threads.
/// </summary>
internal sealed class UnclearOutcomes
{
    private readonly object _gate = new();
    private int _count;
    private TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// For a rotation whose outcome may have to be found out. Disposing it says that the outcome is known and was applied.
    /// </summary>
    public Outcome New() => new(this);

    /// <summary>
    /// Waits until all are known. A pause of the rate limit holds up the reads that tell them, and the rotations that were refused must not
    /// be sent again at its end before they are known.
    /// </summary>
    public async Task WaitUntilNoneAsync(CancellationToken cancellationToken)
    {
        Task none;
        lock (_gate)
            none = _count == 0 ? Task.CompletedTask : _none.Task;

        await none.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Add()
    {
        lock (_gate)
        {
            if (_count++ == 0)
                _none = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private void Remove()
    {
        lock (_gate)
        {
            if (--_count == 0)
                _none.SetResult();
        }
    }

    /// <summary>One of these rotations.</summary>
    public sealed class Outcome(UnclearOutcomes outcomes) : IDisposable
    {
        private bool _isUnclear;

        /// <summary>No usable response came, and the outcome is being found out.</summary>
        public void Begin()
        {
            if (!_isUnclear)
                outcomes.Add();

            _isUnclear = true;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            if (_isUnclear)
                outcomes.Remove();

            _isUnclear = false;
        }
    }
}
