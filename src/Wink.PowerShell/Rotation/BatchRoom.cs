namespace Wink.PowerShell;

/// <summary>
/// The room for rotations in flight. There is room for one until the first has been saved and verified: what is wrong with it would be
/// wrong with the others. And there is less after each pause of the rate limit, which grows again: what was looked up but not sent before a
/// pause must be looked up once more, and that alone uses up what Wink allows. To be used on the pipeline's thread only.
/// </summary>
/// <param name="limit">The most that may ever be in flight.</param>
/// <param name="firstIsAlone">Whether the first one has to be saved and verified before the others.</param>
internal sealed class BatchRoom(int limit, bool firstIsAlone)
{
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private bool _isOpen = !firstIsAlone;
    private double _size = limit;
    private int _taken;

    /// <summary>Waits until there is room for one more, in the order of the calls.</summary>
    public Task EnterAsync()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(entered);
        LetIn();
        return entered.Task;
    }

    /// <summary>One is no longer in flight.</summary>
    public void Leave()
    {
        _taken--;
        _size = Math.Min(limit, _size + (1 / _size));
        LetIn();
    }

    /// <summary>The first one has been saved and verified.</summary>
    public void Open()
    {
        _isOpen = true;
        LetIn();
    }

    /// <summary>Makes less room, since the rate limit was reached.</summary>
    public void Shrink() => _size = Math.Max(1, _size / 4);

    private void LetIn()
    {
        while (_taken < (_isOpen ? (int)_size : 1) && _waiting.TryDequeue(out var next))
        {
            _taken++;
            next.SetResult();
        }
    }
}
