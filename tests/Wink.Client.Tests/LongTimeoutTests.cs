using System.Globalization;
using Wink.Sandbox;
using Wink.Client.RestSharp;

namespace Wink.Client.Tests;

/// <summary>A timeout of more than 100 s, which is the default limit of HttpClient.</summary>
[Trait("Runtime", "Each")]
public sealed class LongTimeoutTests : SandboxTestBase
{
    [Fact]
    public void Nothing_but_the_deadline_limits_a_request()
    {
        using var reads = new HttpTransport(
            HttpHandlerFactory.ForReads(null), http => new RestSharpPort(http), TimeSpan.FromSeconds(300), TimeProvider.System);
        using var rotations = new HttpTransport(
            HttpHandlerFactory.ForRotations(null), http => new RestSharpPort(http), TimeSpan.FromSeconds(300), TimeProvider.System);

        Assert.Equal(Timeout.InfiniteTimeSpan, reads.Http.Timeout);
        Assert.Equal(Timeout.InfiniteTimeSpan, rotations.Http.Timeout);
    }

    /// <summary>
    /// In real time. With WINK_SLOW_SECONDS=104 it waits longer than the default limit for each request: it takes five minutes then.
    /// </summary>
    [Fact]
    public async Task A_server_that_is_slow_at_each_request_is_waited_for()
    {
        var variable = Environment.GetEnvironmentVariable("WINK_SLOW_SECONDS");
        var seconds = int.TryParse(variable, CultureInfo.InvariantCulture, out var asked) ? asked : 1;
        Sandbox.Time = TimeProvider.System;
        using var client = Client(options => options with { Timeout = TimeSpan.FromSeconds(300), Time = TimeProvider.System });
        foreach (var operation in new[] { Operation.Token, Operation.Application, Operation.Rotation })
            Sandbox.Faults.Add(new Fault { Operation = operation, Times = 1, DelayMs = seconds * 1000 });

        var description = await client.GetApplicationAsync(Target, null, Cancellation);
        var rotated = await client.RotateCredentialsAsync(Target, Known(description.ClientId, TimeProvider.System), null, Cancellation);

        Assert.Equal(Now().ClientId, rotated.Credential.ClientId);
        Assert.Equal((1, 1, 1), (Seen(Operation.Token), Seen(Operation.Application), Seen(Operation.Rotation)));
    }
}
