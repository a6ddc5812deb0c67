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
    [InlineData("{0} travel-tech @{ 'application-1' = 1 }.Keys", "application-1")]
    [InlineData("Get-WinkApplication Number?7 -ManagingEntityId (Get-WinkManagingEntity -Connection $wink) -Connection $wink | {0}", "7")]
    [InlineData("$apps[1, 2] | Select-Object ManagingEntityId, @{ n = 'Id'; e = 'ApplicationId' } | {0}", "application-2 application-3")]
    [InlineData("$apps | ConvertTo-Csv | ConvertFrom-Csv | {0}", "application-1 application-2 application-3")]
    [InlineData("$apps | ConvertTo-Json | ConvertFrom-Json | {0}", "application-1 application-2 application-3")]
    [InlineData("$apps[0], [pscustomobject]@{ ManagingEntityId = 'travel-tech'; Id = '007' } | {0}", "007 application-1")]
    public async Task It_is_what_was_typed_or_piped(string script, string rotated) =>
        Assert.Equal(rotated.Split(' '), Applications((await RunAsync(With(script), null)).Rotations));

    [Theory]
    [InlineData("{0} travel-tech '007'", "007")]
    [InlineData("{0} travel-tech '1e5'", "1e5")]
    [InlineData("'007' | {0} travel-tech", "007")]
    [InlineData("'7', '0x1f' | {0} travel-tech", "0x1f 7")]
    public async Task An_id_that_looks_like_a_number_is_taken_in_quotation_marks(string script, string rotated) =>
        Assert.Equal(rotated.Split(' '), Applications((await RunAsync(With(script), null)).Rotations));

    [Theory]
    [InlineData("{0} travel-tech application-1, 007", "*put it in quotation marks*")]
    [InlineData("{0} travel-tech 007", "*put it in quotation marks*")]
    [InlineData("{0} travel-tech 7", "*put it in quotation marks*")]
    [InlineData("{0} travel-tech -ApplicationId:0x1f", "*put it in quotation marks*")]
    [InlineData("007 | {0} travel-tech", "*put it in quotation marks*")]
    [InlineData("7, 0x1f | {0} travel-tech", "*put it in quotation marks*")]
    [InlineData("'{\"ManagingEntityId\":\"travel-tech\",\"Id\":7}' | ConvertFrom-Json | {0}", "*put it in quotation marks*")]
    [InlineData("{0} travel-tech (007)", "*put it in quotation marks*")]
    [InlineData("$typed = @{ ApplicationId = 007 }; {0} travel-tech @typed", "*put it in quotation marks*")]
    [InlineData("{0} (007) application-1", "*put it in quotation marks*")]
    [InlineData("Get-WinkApplication 007, 008 -Connection $wink | {0}", "*put it in quotation marks*")]
    [InlineData("Get-WinkApplication -ManagingEntityId 007, 008 -Connection $wink | {0}", "*put it in quotation marks*")]
    [InlineData("Get-WinkManagingEntity -ManagingEntityId 007, 008 -Connection $wink", "*put it in quotation marks*")]
    [InlineData("Clear-WinkCredentialRotation (007)", "*put it in quotation marks*")]
    [InlineData("{0} travel-tech 1e5", "*put it in quotation marks*")]
    [InlineData("{0} travel-tech $true", "*is text, and this is a Boolean*")]
    [InlineData("Get-Process -Id $PID | {0}", "*")]
    [InlineData("{0} travel-tech 'Booking engine'", "*To search by name, use Get-WinkApplication 'Booking engine'.")]
    public async Task Nothing_is_sent_where_it_is_not_sure_which_one_is_meant(string script, string says)
    {
        var ran = await RunAsync(With(script), null);

        AssertLike(says, $"{ran.End}".ReplaceLineEndings(" "));
        Assert.Empty(Sent());
    }

    [Theory]
    [InlineData("$there | {0}")]
    [InlineData("{0} -InputObject $there")]
    [InlineData("$there | {0} travel-tech")]
    [InlineData("$there | Select-Object * | {0}")]
    [InlineData("$there | ConvertTo-Csv | ConvertFrom-Csv | {0}")]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($there)) | {0}")]
    // What cannot be an address is not the address of this connection.
    [InlineData("$there | Select-Object ManagingEntityId, ApplicationId, @{ n = 'ApiUri'; e = { @{} } } | {0}", "System.Collections")]
    [InlineData("$there | Select-Object ManagingEntityId, ApplicationId, @{ n = 'ApiUri'; e = { 'http://127.0.0.1:99999/' } } | {0}")]
    // What failed there.
    [InlineData("""
        $e = @{ ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failed' }
        $there | Invoke-WinkCredentialRotation -Connection $other -Confirm:$false -ExpectedClientId made-up @e
        $failed[0].TargetObject | {0}
        """)]
    // What a rotation there returned, and what was not attempted there.
    [InlineData("$there | Invoke-WinkCredentialRotation -Connection $other -Confirm:$false | {0}")]
    [InlineData("""
        $block = { throw 'made-up' }
        $there, $there2 | Invoke-WinkCredentialRotation -Connection $other -Confirm:$false -SaveWith $block -ErrorVariable failed `
            -ErrorAction SilentlyContinue | Out-Null
        $failed.Where{ $_.FullyQualifiedErrorId -like 'RotationNotAttempted*' }.TargetObject | {0}
        """)]
    public async Task An_application_of_another_Wink_is_not_rotated(string script, string api = "http://127.0.0.1:")
    {
        await using var other = await SandboxServer.StartAsync();
        other.State.AddManagingEntity(new SandboxManagingEntity("travel-tech", "Travel Tech"));
        foreach (var id in (string[])["application-1", "application-2"])
            other.State.AddApplication("travel-tech", id, $"Another {id}", "account.read");

        var application = other.State.AddApplication("travel-tech", "operations", "Operations", "account.read", "account.write");

        var ran = await RunAsync(
            "$other = Connect-Wink $batch[0] -ApiUri $batch[1] -IamUri $batch[1] -PassThru; " +
            "$there, $there2 = Get-WinkApplication Another* -Connection $other | Sort-Object ApplicationId; " +
            script.Replace("{0}", Rotate, StringComparison.Ordinal),
            null,
            new object[] { NewCredential(application.ClientId, application.Secret), other.Http });

        AssertLike($"application-? is an application of '{api}*Nothing was sent for it.*", $"{ran.End}".ReplaceLineEndings(" "));
        Assert.Empty(Sent());
    }

    [Fact]
    public async Task It_is_not_sent_where_the_API_that_was_given_is_another_one()
    {
        var ran = await RunAsync($"{Rotate} travel-tech application-1 -ApiUri https://api.example.com", null);

        AssertLike("application-1 is an application of 'https://api.example.com*", $"{ran.End}".ReplaceLineEndings(" "));
        Assert.Empty(Sent());
    }

    [Fact]
    public async Task A_rotation_of_another_application_than_was_typed_stays_in_the_history()
    {
        var left = await ConnectedAsync<object>("""
            $rotation = Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false
            $rotation | Clear-WinkCredentialRotation -ApplicationId application-2 -ErrorAction SilentlyContinue -ErrorVariable failed
            (Get-WinkCredentialRotation).Count
            $rotation, $rotation | Clear-WinkCredentialRotation -ErrorAction SilentlyContinue -ErrorVariable +failed
            (Get-WinkCredentialRotation).Count
            "$failed"
            """);

        Assert.Equal([1, 0], left.Take(2));
        AssertLike("*no rotation*'application-2'*no rotation to client ID *'application-1'*", left[2]);
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
