using System.Net;
using System.Net.Sockets;

namespace Wink.Client.Tests;

/// <summary>A server that reads the head of a request, writes the bytes that the test has set, and closes the connection.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private byte[] _response = [];

    public RawServer()
    {
        _listener.Start();
        Uri = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _serving = ServeAsync();
    }

    public Uri Uri { get; }

    /// <summary>How many requests were read.</summary>
    public int Requests { get; private set; }

    /// <summary>Sets the response to the next requests.</summary>
    public void RespondWith(byte[] bytes) => Volatile.Write(ref _response, bytes);

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
            // A request without a body is written, and so received, in one piece.
            if (await client.ReceiveAsync(head, _stop.Token) == 0)
                continue;

            Requests++;
            await client.SendAsync(Volatile.Read(ref _response), _stop.Token);
            client.Shutdown(SocketShutdown.Send);
            // The client can read everything before the connection is closed, since this reads to the end.
            while (await client.ReceiveAsync(head, _stop.Token) > 0)
            {
            }
        }
    }
}
