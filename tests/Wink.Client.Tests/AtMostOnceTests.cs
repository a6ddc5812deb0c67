using System.Net;
using Wink.Sandbox;
using RestSharp;
using Wink.Client.RestSharp;

namespace Wink.Client.Tests;

[Trait("Runtime", "Each")]
public sealed class AtMostOnceTests : SandboxTestBase
{
    private static readonly FaultMoment[] Moments = [FaultMoment.BeforeActing, FaultMoment.AfterActing];
    private static readonly string[] Ways = ["http", "https", "proxy"];

    public static TheoryData<string, bool, FaultMoment> Cases()
    {
        var cases = new TheoryData<string, bool, FaultMoment>();
        foreach (var way in Ways)
        {
            foreach (var moment in Moments)
            {
                cases.Add(way, false, moment);
                cases.Add(way, true, moment);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_server_that_closes_without_a_response_sees_the_rotation_once(string way, bool pooled, FaultMoment moment)
    {
        var address = way == "http" ? Sandbox.Http : Sandbox.Https;
        using var client = Client(
            options => ByToken(options) with
            {
                Endpoints = WinkEndpoints.Custom(address, address),
                Proxy = way == "proxy" ? new WebProxy(Sandbox.Proxy.Uri) : null,
            },
            trusting: true);
        if (pooled)
            await client.GetApplicationAsync(Target, null, Cancellation);

        Sandbox.Faults.Add(Fault.Lost(moment));

        var failure = await FailsAsync(client);

        Assert.Equal(RotationOutcome.Unknown, failure.Outcome);
        var seen = Assert.Single(Sandbox.Journal.Of(Operation.Rotation));
        Assert.Equal(address.Scheme, seen.Scheme);
        Assert.Single(Sandbox.Journal.Requests, request => request.ConnectionId == seen.ConnectionId);
        Assert.Equal(way == "proxy", Sandbox.Proxy.RequestLines.Any(line => line.StartsWith("CONNECT ", StringComparison.Ordinal)));
        Assert.Equal(moment == FaultMoment.AfterActing, Now().ClientId != Old.ClientId);
    }

    [Fact]
    public async Task The_same_server_sees_it_four_times_from_HttpClient_and_from_RestSharp()
    {
        Sandbox.Faults.Add(Fault.Lost(FaultMoment.BeforeActing));
        var uri = new Uri(Sandbox.Http, "/api/managing-entity/travel-tech/application/booking-engine/revoke");

        using var http = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(uri, Cancellation));
        Assert.Equal(4, Seen(Operation.Rotation));

        Sandbox.Journal.Clear();
        using var rest = new RestClient();
        await rest.ExecuteAsync(new RestRequest(uri), Cancellation);
        Assert.Equal(4, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task A_reset_connection_is_not_retried()
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault { Operation = Operation.Rotation, Reset = true });

        Assert.Equal(RotationOutcome.Unknown, (await FailsAsync(client)).Outcome);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    [Fact]
    public async Task A_rotation_without_a_ticket_is_not_written()
    {
        using var http = new HttpTransport(
            HttpHandlerFactory.ForReads(null), http => new RestSharpPort(http), TimeSpan.FromSeconds(20), TimeProvider.System);
        var uri = new Uri(Sandbox.Http, "/api/managing-entity/travel-tech/application/booking-engine/revoke");

        await Assert.ThrowsAsync<WinkTransportException>(
            () => http.SendAsync(new HttpRequest(uri, _ => { }), readBody: null, progress: null, Cancellation));

        Assert.Equal(0, Seen(Operation.Rotation));
    }
}
