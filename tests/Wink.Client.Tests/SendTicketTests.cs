namespace Wink.Client.Tests;

[Trait("Runtime", "Each")]
public sealed class SendTicketTests : IDisposable
{
    private readonly SendTicket _ticket = new(() => true);
    private readonly object _connection = new();

    public void Dispose() => _ticket.Dispose();

    [Fact]
    public void The_first_connection_may_write_as_often_as_it_must_and_no_other_may()
    {
        Assert.True(_ticket.TryClaim(_connection));
        Assert.True(_ticket.TryClaim(_connection));
        Assert.False(_ticket.TryClaim(new object()));
    }

    [Fact]
    public void A_used_ticket_cannot_be_invalidated()
    {
        Assert.True(_ticket.TryClaim(_connection));
        Assert.False(_ticket.TryInvalidate());
        Assert.True(_ticket.TryClaim(_connection));
    }

    [Fact]
    public void An_invalidated_ticket_cannot_be_used()
    {
        Assert.True(_ticket.TryInvalidate());
        Assert.True(_ticket.TryInvalidate());
        Assert.False(_ticket.TryClaim(_connection));
    }

    [Fact]
    public async Task It_stays_with_the_work_that_it_was_attached_in()
    {
        await Task.Run(AttachAsync, TestContext.Current.CancellationToken);
        Assert.Null(SendTicket.Current);

        async Task AttachAsync()
        {
            _ticket.Attach();
            await Task.Yield();
            Assert.Same(_ticket, SendTicket.Current);
        }
    }

    [Fact]
    public void It_cannot_be_attached_where_the_execution_context_does_not_flow()
    {
        using (ExecutionContext.SuppressFlow())
            Assert.Throws<InvalidOperationException>(_ticket.Attach);
    }
}
