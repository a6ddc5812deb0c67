using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Wink.Sandbox;

/// <summary>An HTTP proxy that opens tunnels (CONNECT) and nothing else.</summary>
public sealed class ConnectProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _requestLines = new();
    private readonly Task _accepting;

    public ConnectProxy()
    {
        _listener.Start();
        Uri = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Uri { get; }

    /// <summary>The first line of each request that the proxy received.</summary>
    public IReadOnlyList<string> RequestLines => [.. _requestLines];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            var near = client.GetStream();
            var requestLine = await ReadHeadAsync(near);
            _requestLines.Enqueue(requestLine);
            if (requestLine.Split(' ') is not ["CONNECT", var authority, _])
            {
                await near.WriteAsync(
                    "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), _stop.Token);
                return;
            }

            using var server = new TcpClient();
            var port = authority[(authority.LastIndexOf(':') + 1)..];
            await server.ConnectAsync(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture), _stop.Token);
            await near.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _stop.Token);
            var far = server.GetStream();
            await Task.WhenAny(near.CopyToAsync(far, _stop.Token), far.CopyToAsync(near, _stop.Token));
        }
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _stop.Token) == 1)
            head.Append((char)one[0]);

        return head.ToString().Split("\r\n")[0];
    }
}
