using System.Net;
using System.Net.Sockets;

namespace Wink.Client.Tests;

/// <summary>A server that reads a request's head and writes bytes of the test's choice, of any kind, before it closes the connection.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private byte[] _answer = [];

    public RawServer()
    {
        _listener.Start();
        Uri = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _serving = ServeAsync();
    }

    public Uri Uri { get; }

    /// <summary>How many requests were read.</summary>
    public int Requests { get; private set; }

    /// <summary>What the next requests are answered with.</summary>
    public void RespondWith(byte[] bytes) => Volatile.Write(ref _answer, bytes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var head = new byte[8192];
        while (true)
        {
            using var client = await _listener.AcceptSocketAsync(_stop.Token);
            // A request without a body comes in one piece here: it is written in one.
            if (await client.ReceiveAsync(head, _stop.Token) == 0)
                continue;

            Requests++;
            await client.SendAsync(Volatile.Read(ref _answer), _stop.Token);
            client.Shutdown(SocketShutdown.Send);
            // Reading to the end lets the client read all of it before the connection goes.
            while (await client.ReceiveAsync(head, _stop.Token) > 0)
            {
            }
        }
    }
}
