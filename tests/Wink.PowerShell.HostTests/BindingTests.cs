using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>Which application is meant by what a person types or pipes.</summary>
public sealed class BindingTests : HostTestBase
{
    private const string Rotate = "Invoke-WinkCredentialRotation -Connection $wink -Confirm:$false";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        NewBatch(3);
        foreach (var id in (string[])["7", "007", "31", "0x1f", "100000", "1e5"])
            Sandbox.State.AddApplication("travel-tech", id, $"Number {id}", "account.read");
    }

    [Theory]
    [InlineData("$apps | {0}", "application-1 application-2 application-3")]
    [InlineData("{0} -InputObject $apps", "application-1 application-2 application-3")]
    [InlineData("{0} -InputObject $apps[0]", "application-1")]
    [InlineData("'application-1', 'application-2' | {0} travel-tech", "application-1 application-2")]
    [InlineData("{0} travel-tech application-1, application-3", "application-1 application-3")]
    [InlineData("$apps[1, 2] | Select-Object ManagingEntityId, @{ n = 'Id'; e = 'ApplicationId' } | {0}", "application-2 application-3")]
    [InlineData("$apps | ConvertTo-Csv | ConvertFrom-Csv | {0}", "application-1 application-2 application-3")]
    [InlineData("$apps | ConvertTo-Json | ConvertFrom-Json | {0}", "application-1 application-2 application-3")]
    [InlineData("$apps[0], [pscustomobject]@{ ManagingEntityId = 'travel-tech'; Id = '007' } | {0}", "007 application-1")]
    public async Task It_is_what_was_typed_or_piped(string script, string rotated) =>
        Assert.Equal(rotated.Split(' '), Applications((await RunAsync(With(script), null)).Rotations));

    [Theory]
    [InlineData("{0} travel-tech 007", "007")]
    [InlineData("{0} travel-tech -ApplicationId 0x1f", "0x1f")]
    [InlineData("{0} travel-tech '1e5'", "1e5")]
    [InlineData("'007' | {0} travel-tech", "007")]
    [InlineData("{0} travel-tech 7", "7")]
    public async Task An_id_that_looks_like_a_number_is_taken_as_it_was_typed(string script, string rotated) =>
        Assert.Equal([rotated], Applications((await RunAsync(With(script), null)).Rotations));

    [Theory]
    [InlineData("{0} travel-tech application-1, 007", "*put the id in quotation marks*")]
    [InlineData("{0} travel-tech 1e5", "*put the id in quotation marks*")]
    [InlineData("{0} travel-tech $true", "*is text, and this is a Boolean*")]
    [InlineData("Get-Process -Id $PID | {0}", "*")]
    [InlineData("{0} travel-tech 'Booking engine'", "*To search by name, use Get-WinkApplication 'Booking engine'.")]
    public async Task Nothing_is_sent_where_it_is_not_sure_which_one_is_meant(string script, string says)
    {
        var ran = await RunAsync(With(script), null);

        AssertLike(says, $"{ran.End}".ReplaceLineEndings(" "));
        Assert.Empty(Sent());
    }

    [Fact]
    public async Task An_application_that_was_read_from_another_Wink_is_not_rotated()
    {
        await using var other = await SandboxServer.StartAsync();
        other.State.AddManagingEntity(new SandboxManagingEntity("travel-tech", "Travel Tech"));
        other.State.AddApplication("travel-tech", "application-1", "Another", "account.read");
        var application = other.State.AddApplication("travel-tech", "operations", "Operations", "account.read", "account.write");

        var ran = await RunAsync(
            "$there = Connect-Wink $batch[0] -ApiUri $batch[1] -IamUri $batch[1] -PassThru; " +
            $"Get-WinkApplication Another -Connection $there | {Rotate}",
            null,
            new object[] { NewCredential(application.ClientId, application.Secret), other.Http });

        AssertLike("application-1 was read from 127.0.0.1:*Nothing was sent for it.*", $"{ran.End}".ReplaceLineEndings(" "));
        Assert.Empty(Sent());
    }

    [Fact]
    public async Task A_piped_rotation_alone_is_removed_from_the_history()
    {
        var left = await ConnectedAsync<string>($$"""
            1..2 | ForEach-Object { $null = Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false }
            (Get-WinkCredentialRotation application-1)[0] | Clear-WinkCredentialRotation
            (Get-WinkCredentialRotation application-1).ClientId
            """);

        Assert.Equal([Sandbox.State.FindApplication("travel-tech", "application-1")!.ClientId], left);
    }

    private static string With(string script) =>
        "$apps = @(Get-WinkApplication 'Application *' -Connection $wink | Sort-Object ApplicationId); " +
        script.Replace("{0}", Rotate, StringComparison.Ordinal);
}
