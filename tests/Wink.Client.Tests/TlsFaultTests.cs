using System.Net;

namespace Wink.Client.Tests;

[Trait("Runtime", "Each")]
public sealed class TlsFaultTests : FaultTestBase
{
    [Theory]
    [MemberData(nameof(SampleCells))]
    public Task A_rotation_has_the_expected_outcome_over_TLS(string cell) => HasExpectedOutcomeAsync(cell, OverTls);

    [Theory]
    [MemberData(nameof(SampleCells))]
    public Task A_rotation_has_the_expected_outcome_through_a_proxy(string cell) =>
        HasExpectedOutcomeAsync(cell, options => OverTls(options) with { Proxy = new WebProxy(Sandbox.Proxy.Uri) });

    private WinkClientOptions OverTls(WinkClientOptions options) =>
        options with { Endpoints = WinkEndpoints.Custom(Sandbox.Https, Sandbox.Https) };
}
