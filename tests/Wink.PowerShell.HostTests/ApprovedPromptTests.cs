using System.Text.RegularExpressions;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>What a person is asked, what -WhatIf, -Verbose and the host say, and what Tab lists, as they were approved.</summary>
public sealed partial class ApprovedPromptTests : HostTestBase
{
    private const string Rotate = "Invoke-WinkCredentialRotation travel-tech booking-engine -Connection $wink";
    private const string Switch =
        "Switch-WinkCredential travel-tech shop-a, shop-b -CurrentCredential $batch -Connection $wink";

    private readonly List<string> _text = [];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var state = Sandbox.State;
        state.AddManagingEntity(new SandboxManagingEntity("getaway", "Getaway Resort", "HOTEL", "ACTIVE"));
        state.AddApplication("travel-tech", "booking-engine", "Booking engine", "account.read");
        state.AddApplication("travel-tech", "shop-a", "Shop (A)", "account.read");
        state.AddApplication("travel-tech", "shop-b", "Shop [B]", "account.read");
        state.AddApplication("getaway", "desk", "Front desk", "account.read");
    }

    [Fact]
    public async Task They_read_as_they_were_approved()
    {
        var shop = Sandbox.State.FindApplication("travel-tech", "shop-a")!;
        var current = NewCredential(shop.ClientId, shop.Secret);
        await AddAsync("the question", Rotate);
        await AddAsync("the question about a standby", Switch, current);
        await AddAsync(
            "the question about the own application",
            "Invoke-WinkCredentialRotation travel-tech operations -IncludeSelf -Connection $wink");
        await AddAsync("the question without a look-up", $"{Rotate} -SkipLookup");
        await AddAsync("-WhatIf", $"{Rotate} -WhatIf");
        await AddAsync("-WhatIf of a switch", $"{Switch} -WhatIf", current);
        await AddAsync("-Verbose", $"{Rotate} -Confirm:$false -Verbose");
        await AddAsync("-Verbose of a test", "Test-WinkCredential $batch -Connection $wink -Verbose", current);
        await AddAsync("-WhatIf of Clear-WinkCredentialRotation", "Clear-WinkCredentialRotation -Connection $wink -WhatIf");
        foreach (var line in (string[])
            [
                "Get-WinkManagingEntity ", "Get-WinkManagingEntity -ManagingEntityId ", "Get-WinkManagingEntity -Type ",
                "Get-WinkApplication ", "Get-WinkApplication -ManagingEntityId ", "Get-WinkApplication -ApplicationId ",
                "Invoke-WinkCredentialRotation travel-tech ", "Invoke-WinkCredentialRotation travel-tech shop-a -ExpectedClientId ",
                "Get-WinkCredentialRotation ", "Connect-Wink -Scope ", "Connect-Wink -Environment ",
            ])
        {
            var ran = await RunAsync(
                "$PSDefaultParameterValues = @{ }; " +
                $"(TabExpansion2 '{line} -Connection $wink' {line.Length}).CompletionMatches | " +
                "ForEach-Object { \"$($_.CompletionText) | $($_.ListItemText) | $($_.ToolTip)\" }",
                null);
            _text.Add($"## Tab after '{line}'\n{string.Join('\n', ran.Output)}");
        }

        Approved.Verify("Prompts", Scrub(string.Join("\n\n", _text)));
    }

    private async Task AddAsync(string what, string script, object? batch = null)
    {
        // No to all: nothing is rotated by a question.
        var host = new TestHost();
        host.Answers.Enqueue(3);
        var ran = await RunAsync(script, host, batch);
        Assert.Empty(ran.Errors);
        var verbose = ran.Streams.Verbose.Select(line => $"VERBOSE: {line}");
        _text.Add($"## {what}: {script}\n{string.Join('\n', [.. host.Captions, .. host.Questions, .. host.Lines, .. verbose])}");
    }

    private static string Scrub(string text)
    {
        var clientIds = ClientId().Matches(text).Select(match => match.Value).Distinct().ToList();
        text = ClientId().Replace(text, match => $"client-{(char)('a' + clientIds.IndexOf(match.Value))}");
        return Moment().Replace(Port().Replace(text, "127.0.0.1:55555"), "0000-00-00 00:00:00Z");
    }

    [GeneratedRegex("client-[0-9a-f]{16}")]
    private static partial Regex ClientId();

    [GeneratedRegex(@"127\.0\.0\.1:\d{4,5}")]
    private static partial Regex Port();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ")]
    private static partial Regex Moment();
}
