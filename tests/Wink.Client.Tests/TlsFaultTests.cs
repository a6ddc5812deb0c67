using System.Net;

namespace Wink.Client.Tests;

public sealed class TlsFaultTests : FaultTest
{
    [Theory]
    [MemberData(nameof(SampleCells))]
    public Task A_rotation_ends_as_it_must_over_TLS(string cell) => EndsAsItMustAsync(cell, OverTls);

    [Theory]
    [MemberData(nameof(SampleCells))]
    public Task A_rotation_ends_as_it_must_through_a_proxy(string cell) =>
        EndsAsItMustAsync(cell, options => OverTls(options) with { Proxy = new WebProxy(Sandbox.Proxy.Uri) });

    private WinkClientOptions OverTls(WinkClientOptions options) =>
        options with { Endpoints = WinkEndpoints.Custom(Sandbox.Https, Sandbox.Https) };
}
