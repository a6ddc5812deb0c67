using System.Net;
using BenchmarkDotNet.Attributes;
using RestSharp;
using Wink.Client;
using Wink.Client.RestSharp;

namespace Wink.Benchmarks;

/// <summary>
/// The work of the client for one rotation, beside the least that any client does: without sockets, server and PowerShell.
/// </summary>
[MemoryDiagnoser]
public class RotationBenchmark : IDisposable
{
    private static readonly Uri Api = new("http://127.0.0.1:1/");
    private static readonly ApplicationReference Application = new("travel-tech", "booking-engine");
    private static readonly RotationParameters Unread = new() { MayRead = false };

    private readonly HttpClient _http = new(FreshConnections());
    private readonly RestClient _restSharp = new(FreshConnections());
    private readonly Uri _uri = new(Api, "api/managing-entity/travel-tech/application/booking-engine/revoke");
    private readonly WinkClient _wink;

    public RotationBenchmark()
    {
        var token = new NetworkCredential("", "made-up-token").SecurePassword;
        var options = new WinkClientOptions { Endpoints = WinkEndpoints.Custom(Api, Api), AccessToken = token };
        _wink = new WinkClient(options, http => new RestSharpPort(http), handler => handler.ConnectCallback = ConnectAsync);
    }

    public void Dispose()
    {
        _http.Dispose();
        _restSharp.Dispose();
        _wink.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public Task<string> HttpClientGetString() => _http.GetStringAsync(_uri);

    [Benchmark]
    public Task<RestResponse> RestSharpExecute() => _restSharp.ExecuteAsync(new RestRequest(_uri));

    [Benchmark]
    public Task<RotatedCredential> Rotate() =>
        _wink.RotateCredentialsAsync(Application, Unread, progress: null, CancellationToken.None);

    /// <summary>A connection for each request, as each rotation has one.</summary>
    private static SocketsHttpHandler FreshConnections() =>
        new() { ConnectCallback = ConnectAsync, UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero };

    private static ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        new(new CannedConnection());
}
