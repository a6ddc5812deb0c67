using System.Net;
using Microsoft.Extensions.Time.Testing;
using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>Managing entities and applications.</summary>
public sealed class AccountTests : SandboxTestBase
{
    private const string FirstOfMany = """[{"id":"app-1","name":"First","clientId":"client-1"},""";

    [Fact]
    public async Task Managing_entities_are_listed_by_their_kind()
    {
        Sandbox.State.AddManagingEntity(new SandboxManagingEntity("hotel-1", "Hotel", "HOTEL", "SUSPENDED"));
        using var client = Client();

        Assert.Equal(2, (await ManagingEntitiesAsync(client, null)).Count);
        Assert.Equal(
            new ManagingEntity { Id = "hotel-1", Name = "Hotel", Type = "HOTEL", Status = "SUSPENDED" },
            Assert.Single(await ManagingEntitiesAsync(client, "HOTEL")));
    }

    [Fact]
    public async Task A_kind_cannot_change_the_request()
    {
        using var client = Client();
        Assert.Empty(await ManagingEntitiesAsync(client, "A&b=c/d e+ä#"));
        Assert.Equal(
            "/api/managing-entity/list?type=A%26b%3Dc%2Fd%20e%2B%C3%A4%23", Sandbox.Journal.Of(Operation.ManagingEntities)[0].Target);
    }

    [Fact]
    public async Task An_application_carries_all_that_the_contract_promises()
    {
        Response(Operation.Applications, """
            [{"id":"app-1","name":"Engine 1","clientId":"client-1","userIdentifier":"user-1",
              "ownerIdentifier":"owner-1","ownerName":"Owner",
              "redirectUris":["https://one.example","https://two.example"],"postLogoutRedirectUris":["https://out.example"],
              "scopes":["booking.read"],"iconIdentifier":"icon-1"}]
            """);
        using var client = Client();

        var application = Assert.Single(await ApplicationsAsync(client));

        Assert.Equal(["https://one.example", "https://two.example"], application.RedirectUris);
        Assert.Equal(["https://out.example"], application.PostLogoutRedirectUris);
        Assert.Equal(["booking.read"], application.Scopes);
        Assert.Equal(
            ("app-1", "Engine 1", "client-1", "user-1", "owner-1", "Owner", "icon-1"),
            (application.Id, application.Name, application.ClientId, application.UserIdentifier, application.OwnerIdentifier,
                application.OwnerName, application.IconIdentifier));
    }

    [Fact]
    public async Task What_the_contract_does_not_promise_is_tolerated()
    {
        Response(Operation.Applications, "\uFEFF" + """
            [null, {}, {"id":"app-1","name":null,"clientId":null,"scopes":null,"redirectUris":[null]},
             {"id":"app-2","unknown":{"deep":[[[{"er":1}]]]},"Name":"not the name","name":"Second","clientId":"client-2"}]
            """);
        using var client = Client();

        var applications = await ApplicationsAsync(client);

        Assert.Equal([null, "app-1", "app-2"], applications.Select(application => application.Id));
        Assert.Equal("Second", applications[2].Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("<html>")]
    [InlineData("[1]")]
    [InlineData("""[{"id":"app-1"} {"id":"app-2"}]""")]
    public async Task A_response_that_is_no_list_cannot_be_used(string body)
    {
        Response(Operation.Applications, body);
        using var client = Client();
        var failure = await Assert.ThrowsAsync<WinkApiException>(() => ApplicationsAsync(client));
        Assert.Equal("Wink responded with 200: its response could not be used.", failure.Message);
    }

    [Fact]
    public async Task Each_element_is_returned_as_soon_as_it_arrived()
    {
        // No time passes while the server is silent.
        Sandbox.Time = TimeProvider.System;
        Sandbox.Faults.Add(new Fault { Operation = Operation.Applications, Status = 200, Body = FirstOfMany, Stall = true });
        using var client = Client();
        using var stop = new CancellationTokenSource();

        await using var listing = client.ListApplicationsAsync("travel-tech", null, stop.Token).GetAsyncEnumerator(Cancellation);

        Assert.True(await listing.MoveNextAsync());
        Assert.Equal("app-1", listing.Current.Id);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await listing.MoveNextAsync());
    }

    [Fact]
    public async Task A_list_that_is_not_complete_in_time_fails_after_the_elements_that_arrived()
    {
        Sandbox.Faults.Add(new Fault { Operation = Operation.Applications, Status = 200, Body = FirstOfMany, Stall = true });
        var time = new FakeTimeProvider();
        using var client = Client(options => ByToken(options) with { Time = time });

        var (failure, received) = await ListUntilItFailsAsync(client, () => time.Advance(client.Timeout));

        Assert.Equal("Wink responded with 200: its response did not end in time.", failure.Message);
        Assert.Equal("app-1", Assert.Single(received).Id);
    }

    [Fact]
    public async Task A_list_that_is_cut_short_fails_after_the_elements_that_arrived()
    {
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Applications,
            Raw = $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{FirstOfMany}",
        });
        using var client = Client();

        var (failure, received) = await ListUntilItFailsAsync(client);

        Assert.Equal("Wink responded with 200: its response was cut short.", failure.Message);
        Assert.Equal("app-1", Assert.Single(received).Id);
    }

    [Fact]
    public async Task A_list_may_be_long()
    {
        foreach (var number in Enumerable.Range(1, 10_000))
            Sandbox.State.AddApplication("long", $"application-{number}", new string('x', 200), "account.read");

        using var client = Client();
        var received = await client.ListApplicationsAsync("long", null, Cancellation).ToListAsync(Cancellation);
        Assert.Equal(10_000, received.DistinctBy(application => application.Id).Count());
    }

    [Fact]
    public async Task A_refused_list_says_why()
    {
        using var client = Client(options => options with { Scopes = ["account.write"] });
        var failure = await Assert.ThrowsAsync<WinkApiException>(() => ApplicationsAsync(client));
        Assert.Equal(HttpStatusCode.Forbidden, failure.StatusCode);
        Assert.Equal("Wink responded with 403: The scope account.read is needed.", failure.Message);
    }

    [Fact]
    public void An_identifier_that_would_change_the_path_is_refused()
    {
        using var client = Client();
        Assert.Throws<ArgumentException>(() => client.ListApplicationsAsync("a/b", null, Cancellation));
        Assert.Empty(Sandbox.Journal.Requests);
    }

    private static async Task<List<ManagingEntity>> ManagingEntitiesAsync(WinkClient client, string? type) =>
        await client.ListManagingEntitiesAsync(type, null, Cancellation).ToListAsync(Cancellation);

    private static async Task<List<Application>> ApplicationsAsync(WinkClient client) =>
        await client.ListApplicationsAsync("travel-tech", null, Cancellation).ToListAsync(Cancellation);

    /// <summary>The failure, and the applications that arrived before it.</summary>
    private static async Task<(WinkApiException Failure, List<Application> Received)> ListUntilItFailsAsync(
        WinkClient client, Action? afterEach = null)
    {
        var received = new List<Application>();
        var failure = await Assert.ThrowsAsync<WinkApiException>(async () =>
        {
            await foreach (var application in client.ListApplicationsAsync("travel-tech", null, Cancellation))
            {
                received.Add(application);
                afterEach?.Invoke();
            }
        });
        return (failure, received);
    }

    private void Response(Operation operation, string body) =>
        Sandbox.Faults.Add(new Fault { Operation = operation, Status = 200, ContentType = "application/json", Body = body });
}
