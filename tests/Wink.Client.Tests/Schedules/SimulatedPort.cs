using System.Globalization;
using System.Net;
using System.Text;

namespace Wink.Client.Tests;

/// <summary>
/// Plays .NET's handler, on the client's own streams: it sends a GET again up to three times, each on a new connection, when a connection
/// closes without a response; and it discards what it cannot read as HTTP.
/// </summary>
internal sealed class SimulatedPort(Timeline timeline, ModelOfWink wink, ProcessTime process) : IHttpPort
{
    private const int MaxResends = 3;

    public async Task<Exception?> SendAsync(
        HttpRequest request, Func<HttpResponseMessage, Task> receive, CancellationToken cancellationToken)
    {
        var exchange = wink.Begin(request, process);
        try
        {
            for (var sends = 0; ; sends++)
            {
                if (!await SendOnceAsync(exchange, request, receive, cancellationToken).ConfigureAwait(false) && sends < MaxResends)
                    continue;

                return null;
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return failure is IOException ? new HttpRequestException(failure.Message, failure) : failure;
        }
        finally
        {
            exchange.IsOpen = false;
        }
    }

    public void Dispose()
    {
    }

    /// <returns>False when the connection was closed without a byte of a response.</returns>
    private async Task<bool> SendOnceAsync(
        Exchange exchange, HttpRequest request, Func<HttpResponseMessage, Task> receive, CancellationToken cancellationToken)
    {
        await ModelOfWink.ConnectAsync(exchange, process, cancellationToken).ConfigureAwait(false);
        // The client closes the connection of a rotation. That of another request ends with the simulation.
        var connection = new SimulatedConnection(timeline, one => wink.Receive(exchange, one));
        exchange.Connection = connection;
        await using var stream = new SendOnceStream(connection);
        stream.Write(Encoding.ASCII.GetBytes($"{(request.Form is null ? "GET" : "POST")} {request.Uri.PathAndQuery} HTTP/1.1\r\n\r\n"));
        var bytes = new List<byte>();
        var buffer = new byte[4096];
        int endOfHead;
        while ((endOfHead = EndOfHead(bytes)) < 0)
        {
            var count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0)
                return bytes.Count == 0 && exchange.Kind != RequestKind.Token ? false : throw Ended();

            bytes.AddRange(buffer.AsSpan(0, count));
        }

        byte[] all = [.. bytes];
        var lines = Encoding.ASCII.GetString(all, 0, endOfHead).Split("\r\n");
        if (!int.TryParse(lines[0].Split(' ').ElementAtOrDefault(1), CultureInfo.InvariantCulture, out var status) || status < 100)
            throw new HttpRequestException(HttpRequestError.InvalidResponse, "What arrived is not HTTP.");

        var headers = lines.Skip(1).Select(line => line.Split(": ")).ToDictionary(parts => parts[0], parts => parts[1]);
        await using var body = new SimulatedBody(
            stream, all[(endOfHead + 4)..], int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture));
        using var message = new HttpResponseMessage((HttpStatusCode)status) { Content = new StreamContent(body) };
        foreach (var (name, value) in headers.Where(header => header.Key != "Content-Length"))
            message.Headers.TryAddWithoutValidation(name, value);

        await receive(message).ConfigureAwait(false);
        return true;
    }

    private static HttpRequestException Ended() => new(HttpRequestError.ResponseEnded, "The connection was closed.");

    private static int EndOfHead(List<byte> bytes)
    {
        var span = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes);
        return span.IndexOf("\r\n\r\n"u8);
    }
}
