using System.Net;

namespace Wink.Client;

/// <summary>
/// Makes the handlers that RestSharp sends by. They follow no redirect and change no request. .NET may send a lost GET again; for rotations
/// <see cref="SendOnceStream"/> prevents that.
/// </summary>
internal static class HttpHandlerFactory
{
    /// <summary>The most that a response's headers may take, in KiB. A secret must not be lost because a gateway adds many.</summary>
    private const int LargestHeaders = 512;

    /// <summary>For requests that may be sent again. Connections are reused.</summary>
    /// <param name="proxy">The proxy, or null for the system's setting.</param>
    public static SocketsHttpHandler ForReads(IWebProxy? proxy) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        // The API documents no traceparent header, and no list of encodings.
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.None,
#pragma warning disable CA2262 // It is large on purpose.
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
    /// For rotations: each has a connection of its own, which is closed afterwards. On a reused connection, a server that is one response
    /// behind would give the credentials of one application to another.
    /// </summary>
    /// <inheritdoc cref="ForReads"/>
    public static SocketsHttpHandler ForRotations(IWebProxy? proxy)
    {
        var handler = ForReads(proxy);
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        return handler;
    }
}
