using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Wink.Sandbox;

/// <summary>A Wink in memory, IAM and API in one, on loopback: over HTTP, over HTTPS, and behind a proxy.</summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SandboxCertificates _certificates = new();

    private SandboxServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(_certificates.Server));
        });

        _app = builder.Build();
        _app.MapSandboxControl(this);
        _app.UseWhen(
            context => !context.Request.Path.StartsWithSegments(ControlEndpoints.Root, StringComparison.Ordinal),
            app => app.UseMiddleware<FaultMiddleware>(this).UseRouting().UseEndpoints(wink =>
            {
                wink.MapIam(State);
                wink.MapApi(State);
                // Wink's IAM redirects unknown requests to its login page.
                wink.MapFallback(() => Results.Redirect("/login"));
            }));
    }

    /// <summary>The source of the time for delays, not of the order in which things happen. A test may give its own.</summary>
    public TimeProvider Time
    {
        get => State.Time;
        set => State.Time = value;
    }

    /// <summary>The rate limit of the API; null for none.</summary>
    public SandboxRateLimit? RateLimit { get; set; }

    public WinkState State { get; } = new();

    public FaultPlan Faults { get; } = new();

    public Journal Journal { get; } = new();

    public ConnectProxy Proxy { get; } = new();

    public System.Security.Cryptography.X509Certificates.X509Certificate2 Authority => _certificates.Authority;

    public Uri Http => Address("http");

    public Uri Https => Address("https");

    public static async Task<SandboxServer> StartAsync()
    {
        var server = new SandboxServer();
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await _app.DisposeAsync();
        _certificates.Dispose();
    }

    private Uri Address(string scheme) => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!
        .Addresses.Select(address => new Uri(address)).Single(address => address.Scheme == scheme);
}
