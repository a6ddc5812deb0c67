using System.Net;

namespace Wink.Client;

/// <summary>Uses a proxy for TLS only, where it carries a tunnel: it cannot read, change or repeat a request.</summary>
internal sealed class TunnelOnlyProxy(IWebProxy proxy) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => proxy.Credentials;
        set => proxy.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : proxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.Scheme != Uri.UriSchemeHttps || proxy.IsBypassed(host);
}
