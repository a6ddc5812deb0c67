namespace Wink.Client.Tests;

/// <summary>What Wink, and all that is between it and the client, does with one request: its fate.</summary>
/// <param name="wink">Wink.</param>
/// <param name="exchange">The request.</param>
/// <param name="connection">The connection that it came by.</param>
internal abstract class ScheduledResponse(ModelOfWink wink, Exchange exchange, SimulatedConnection connection)
{
    protected const string WebPage = "<html>made-up gateway</html>";

    /// <summary>How long anything is on its way.</summary>
    public static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(10);

    protected ModelOfWink Wink => wink;

    protected Exchange Exchange => exchange;

    /// <summary>Does what the fate says.</summary>
    public abstract void Send();

    protected static string Head(int status, string body, string? header = null) =>
        $"HTTP/1.1 {status} Made-up\r\nContent-Length: {body.Length}\r\n{(header is null ? "" : $"{header}\r\n")}\r\n";

    protected void Respond(string bytes, double seconds = 0, params Issue[] issues) =>
        wink.Timeline.After(TimeSpan.FromSeconds(seconds) + Latency, () => wink.Arrive(exchange, connection, bytes, issues));

    protected void Close(double seconds = 0) => wink.Timeline.After(TimeSpan.FromSeconds(seconds) + Latency, () =>
    {
        wink.Tell($"The connection of {exchange.Kind} request {exchange.Number} is lost.");
        connection.End();
    });
}
