using System.Net;

namespace Wink.Client;

/// <summary>Makes the handler under RestSharp: it does nothing by itself that could send, or change, a request.</summary>
internal static class WireHandler
{
    public static SocketsHttpHandler Create(IWebProxy? proxy) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        // The contract knows no traceparent header, and no list of encodings.
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.None,
        Proxy = new TunnelOnlyProxy(proxy ?? HttpClient.DefaultProxy),
        // Load balancers commonly drop a connection after 60 s without traffic; a request written to one that is just being dropped has
        // an unclear outcome, so a connection is given up well before.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PlaintextStreamFilter = static (context, _) => ValueTask.FromResult(
            // A CONNECT only opens a tunnel; the connection inside it gets a filter of its own.
            context.InitialRequestMessage.Method == HttpMethod.Connect
                ? context.PlaintextStream
                : new SendOnceStream(context.PlaintextStream)),
    };
}
