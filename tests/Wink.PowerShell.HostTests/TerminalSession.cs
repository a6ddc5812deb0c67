using System.Text;

namespace Wink.PowerShell.HostTests;

/// <summary>A person at a terminal, who reads before typing the next line. Nothing here waits for a fixed time.</summary>
internal sealed class TerminalSession : IAsyncDisposable
{
    public const int Columns = 80;

    private const int Height = 24;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly StringBuilder _written = new();
    private readonly PseudoTerminal _terminal;
    private readonly TerminalScreen _screen;
    private readonly Task _reading;
    private TaskCompletionSource _changed = NewChange();
    private int _typedAt = -1;
    private int _promptsBefore;

    public TerminalSession(IReadOnlyList<string> command, string folder, IReadOnlyDictionary<string, string> environment)
    {
        _terminal = new PseudoTerminal(command, folder, environment, Columns, Height);
        _screen = new TerminalScreen(Columns, Height, Send);
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>All lines of the session. One that is longer than the screen is wide is one line here.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return _screen.Lines;
        }
    }

    /// <summary>All that was written to the terminal, as it was written.</summary>
    public string Written
    {
        get
        {
            lock (_gate)
                return _written.ToString();
        }
    }

    /// <summary>Waits for the prompt of the shell: the last line that was typed is done.</summary>
    public Task PromptedAsync() => UntilAsync(() => _screen.Prompts > _promptsBefore, "the prompt");

    /// <summary>Waits until the cursor is just behind this question, below where the last line was typed.</summary>
    public Task AskedAsync(string question) => UntilAsync(
        () => _screen.AtCursor is var (text, row) && row > _typedAt && text.EndsWith(question, StringComparison.Ordinal),
        $"the question '{question}'");

    /// <summary>Waits until this is seen anywhere, on one line or over several.</summary>
    public Task SeenAsync(string text) =>
        UntilAsync(() => string.Join(' ', _screen.Lines).Contains(text, StringComparison.Ordinal), $"the text '{text}'");

    /// <summary>
    /// Types a line where the cursor is, each key when the one before is seen, and ends it with Enter. At the shell's prompt it must fit:
    /// without PSReadLine, PowerShell draws a longer one twice.
    /// </summary>
    public async Task TypeAsync(string line)
    {
        lock (_gate)
        {
            var atPrompt = _screen.Prompts > _promptsBefore;
            Assert.False(atPrompt && _screen.AtCursor.Text.Length + line.Length >= Columns, $"'{line}' does not fit in one line.");
        }

        foreach (var key in line)
        {
            int before, row;
            lock (_gate)
                (before, row) = (_screen.AtCursor.Text.Length, _screen.AtCursor.Row);

            Send(key.ToString());
            await UntilAsync(() => _screen.AtCursor.Text.Length == before + 1, $"the key '{key}' of '{line}'");
            _typedAt = row;
        }

        lock (_gate)
            _promptsBefore = _screen.Prompts;

        Send("\r");
    }

    /// <summary>Presses Ctrl+C.</summary>
    public void Interrupt() => Send("\x03");

    public async ValueTask DisposeAsync()
    {
        _terminal.Dispose();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Send(string keys) => _terminal.Write(Encoding.UTF8.GetBytes(keys));

    private async Task ReadAsync()
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = new byte[4096];
        var characters = new char[4096];
        while (await _terminal.ReadAsync(bytes) is { Length: > 0 } read)
        {
            var text = new string(characters, 0, decoder.GetChars(read.Span, characters, flush: false));
            TaskCompletionSource changed;
            lock (_gate)
            {
                _written.Append(text);
                _screen.Write(text);
                changed = _changed;
                _changed = NewChange();
            }

            changed.SetResult();
        }
    }

    private async Task UntilAsync(Func<bool> condition, string never)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (condition())
                    return;

                changed = _changed.Task;
            }

            // A screen that ended with its program, or that could not be shown, does not change any more.
            var first = await Task.WhenAny(changed, _reading, Task.Delay(Timeout.Infinite, patience.Token));
            if (first == changed)
                continue;

            var why = _reading.IsFaulted ? $"{_reading.Exception}" : _reading.IsCompleted ? "The program ended." : "It took too long.";
            Assert.Fail($"Never seen: {never}. {why} The screen so far:\n{string.Join('\n', Lines)}");
        }
    }
}
