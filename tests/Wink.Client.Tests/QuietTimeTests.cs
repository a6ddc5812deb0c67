using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>When a test's time stands still, and when it jumps.</summary>
public sealed class QuietTimeTests
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OneMinute = TimeSpan.FromMinutes(1);

    private readonly QuietTime _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_jumps_to_one_timer_after_the_other()
    {
        var startedAt = _time.GetUtcNow();
        var hold = _time.Hold("/made-up");
        var later = WaitAsync(2 * OneSecond);
        var sooner = WaitAsync(OneSecond);
        hold.Dispose();

        Assert.Equal(1, await sooner, tolerance: 0.01);
        Assert.Equal(2, await later, tolerance: 0.01);

        async Task<double> WaitAsync(TimeSpan duration)
        {
            await Task.Delay(duration, _time, Cancellation);
            return (_time.GetUtcNow() - startedAt).TotalSeconds;
        }
    }

    [Fact]
    public async Task It_stands_still_while_a_request_is_in_progress_on_either_side()
    {
        var client = _time.Hold("/made-up");
        var server = _time.Hold("/made-up");
        var delay = Task.Delay(OneSecond, _time, Cancellation);
        await StandsStillAsync(delay);

        client.Dispose();
        await StandsStillAsync(delay);

        server.Dispose();
        await delay;
    }

    [Fact]
    public async Task A_request_that_the_server_lets_wait_holds_it_on_neither_side_but_another_one_does()
    {
        using var client = _time.Hold("/made-up");
        using var server = _time.Hold("/made-up");
        var another = _time.Hold("/another");
        using var release = _time.Release("/made-up", isSilent: true);
        var delay = Task.Delay(OneSecond, _time, Cancellation);
        await StandsStillAsync(delay);

        another.Dispose();
        await delay;
    }

    [Fact]
    public async Task It_jumps_to_a_limit_only_while_the_server_is_silent()
    {
        var limit = Task.Delay(OneMinute, _time, Cancellation);
        await StandsStillAsync(limit);
        using (_time.Release("/made-up", isSilent: false))
            await StandsStillAsync(limit);

        using (_time.Release("/made-up", isSilent: true))
            await limit;
    }

    [Fact]
    public async Task What_follows_a_timer_runs_before_it_jumps_again()
    {
        var second = Task.CompletedTask;
        var order = new List<string>();
        await using var first = _time.CreateTimer(_ => BlockThenWait(), null, OneSecond, Timeout.InfiniteTimeSpan);
        await Task.Delay(3 * OneSecond, _time, Cancellation);
        order.Add("third");
        await second;

        Assert.Equal(["first", "second", "third"], order);

        void BlockThenWait()
        {
            // Really, as a busy machine does.
            Thread.Sleep(100);
            order.Add("first");
            second = WaitAsync();
        }

        async Task WaitAsync()
        {
            await Task.Delay(OneSecond, _time, Cancellation);
            order.Add("second");
        }
    }

    [Fact]
    public async Task A_test_can_let_it_pass()
    {
        using var hold = _time.Hold("/made-up");
        var before = _time.GetTimestamp();
        var limit = Task.Delay(OneMinute, _time, Cancellation);

        _time.Advance(OneMinute);

        await limit;
        Assert.Equal(60, _time.GetElapsedTime(before).TotalSeconds, tolerance: 0.01);
        Assert.True(_time.GetTimestamp() < _time.GetTimestamp());
    }

    private static async Task StandsStillAsync(Task delay)
    {
        // Really: many times as long as it would wait before it jumps.
        await Task.Delay(100, Cancellation);
        Assert.False(delay.IsCompleted);
    }
}
