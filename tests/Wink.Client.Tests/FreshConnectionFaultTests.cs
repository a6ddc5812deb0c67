using Wink.Sandbox;

namespace Wink.Client.Tests;

public sealed class FreshConnectionFaultTests : FaultTest
{
    [Theory]
    [MemberData(nameof(AllCells))]
    public async Task A_rotation_ends_as_it_must(string cell)
    {
        // IAM by another name has connections of its own, so the first rotation has to open one.
        var iam = new UriBuilder(Sandbox.Http) { Host = "localhost" }.Uri;

        await EndsAsItMustAsync(cell, pooled: false, options => options with { Endpoints = WinkEndpoints.Custom(Sandbox.Http, iam) });

        var first = Sandbox.Journal.Of(Operation.Rotation)[0];
        Assert.DoesNotContain(Sandbox.Journal.Requests.TakeWhile(request => request != first), earlier => earlier.ConnectionId == first.ConnectionId);
    }
}
