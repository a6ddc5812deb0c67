using System.Net;

namespace Wink.Client;

/// <summary>Makes the handlers under RestSharp: they do nothing by themselves that could send, or change, a request.</summary>
internal static class HttpHandlerFactory
{
    /// <summary>The most that a response's headers may take, in KiB: a gateway that adds many must not cost a secret.</summary>
    private const int LargestHeaders = 512;

    /// <summary>For requests that may be sent again. Connections are reused.</summary>
    /// <param name="proxy">The proxy, or null for the system's own setting.</param>
    public static SocketsHttpHandler ForReads(IWebProxy? proxy) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        // The contract knows no traceparent header, and no list of encodings.
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.None,
#pragma warning disable CA2262 // It is meant to be as large.
        MaxResponseHeadersLength = LargestHeaders,
#pragma warning restore CA2262
        Proxy = new TunnelOnlyProxy(proxy ?? HttpClient.DefaultProxy),
        // Load balancers commonly drop a connection after 60 s without traffic, so one is closed well before.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PlaintextStreamFilter = static (context, _) => ValueTask.FromResult(
            // A CONNECT only opens a tunnel; the connection inside it gets a filter of its own.
            context.InitialRequestMessage.Method == HttpMethod.Connect
                ? context.PlaintextStream
                : new SendOnceStream(context.PlaintextStream)),
    };

    /// <summary>
    /// For rotations: each has a connection of its own, which is closed afterwards. On a connection that is used again, a server that is one
    /// response behind would hand one application's credentials to the next.
    /// </summary>
    /// <inheritdoc cref="ForReads"/>
    public static SocketsHttpHandler ForRotations(IWebProxy? proxy)
    {
        var handler = ForReads(proxy);
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        return handler;
    }
}
