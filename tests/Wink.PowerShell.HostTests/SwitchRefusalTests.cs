using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>What Switch-WinkCredential refuses: nothing is sent, and the credentials are as they were.</summary>
public sealed class SwitchRefusalTests : SwitchTestBase
{
    private const string Scopes = "*they do not have the same scopes, or these could not be read.";
    private const string Owner = "*they do not have the same owner, or it could not be read.";

    [Theory]
    [InlineData("", "which may not be saved yet")]
    [InlineData("-SaveWith { $null = $_ }", "which were saved, and -CurrentCredential is not those")]
    public async Task It_refuses_while_another_runspace_holds_newer_credentials_over_a_connection_of_its_own(string save, string why)
    {
        AddPair();
        await RunAsync(
            $"""
            $other = Connect-Wink $operator -ApiUri $uri -IamUri $uri -PassThru
            Switch-WinkCredential travel-tech booking-a, booking-b -CurrentCredential $batch.Current -Connection $other `
                -Confirm:$false {save}
            """,
            null,
            Vault);
        Assert.Single(Sent());

        var ran = await SwitchAsync();

        var error = Assert.Single(ran.Errors);
        AssertLike($"*this process, in another runspace, received newer credentials, of application booking-b*{why}.", error);
        Assert.Single(Sent());
    }

    [Fact]
    public async Task It_refuses_a_stale_credential_though_only_another_command_rotated_the_standby_and_saved_it()
    {
        AddPair();
        var stale = Vault.Current;
        await RunAsync(
            "Invoke-WinkCredentialRotation travel-tech booking-b -Connection $wink -Confirm:$false " +
            "-SaveWith { $batch.Save($_.Credential) }",
            null,
            Vault);
        var saved = Vault.Current;

        // Another connection knows nothing of it.
        var ran = await RunAsync(
            "$other = Connect-Wink $operator -ApiUri $uri -IamUri $uri -PassThru; " +
            $"Clear-WinkCredentialRotation booking-b -Connection $other -ErrorAction SilentlyContinue; {SwitchNow}",
            null,
            new TestVault(stale));

        AssertLike("*which were saved, and -CurrentCredential is not those.", Assert.Single(ran.Errors));
        Assert.True(IsValid(saved));
    }

    [Fact]
    public async Task It_goes_on_after_another_process_has_switched()
    {
        AddPair();
        await SwitchAsync();
        var theirs = Sandbox.State.Rotate("travel-tech", "booking-a")!;
        Vault.Save(NewCredential(theirs.ClientId, theirs.Secret));

        var ran = await SwitchAsync();

        Assert.Empty(ran.Errors);
        Assert.Equal(["booking-b", "booking-b"], Sent());
        Assert.True(IsValid(Vault.Current));
    }

    [Theory]
    [InlineData("-SaveWith { $batch.Save($_.Credential) }")]
    [InlineData("| ForEach-Object { $batch.Save($_.Credential) }")]
    public async Task Each_switch_may_have_a_runspace_and_a_connection_of_its_own(string save)
    {
        AddPair();
        for (var round = 1; round <= 6; round++)
        {
            var ran = await RunAsync(
                $"""
                $other = Connect-Wink $operator -ApiUri $uri -IamUri $uri -PassThru
                Switch-WinkCredential travel-tech booking-a, booking-b -CurrentCredential $batch.Current -Connection $other `
                    -Confirm:$false {save}
                """,
                null,
                Vault);

            Assert.Empty(ran.Errors);
            Assert.Equal(round, Sent().Count);
            Assert.True(IsValid(Vault.Current));
        }
    }

    [Theory]
    [InlineData("Disconnect-Wink; Connect-Wink $operator -ApiUri $uri -IamUri $uri; Clear-WinkCredentialRotation")]
    [InlineData("Clear-WinkCredentialRotation", "Disconnect-Wink; Connect-Wink $operator -ApiUri $uri -IamUri $uri; ")]
    [InlineData("Clear-WinkCredentialRotation booking-b", "", true)]
    public async Task What_was_cleared_does_not_keep_it_from_switching(string clear, string first = "", bool elsewhere = false)
    {
        AddPair();
        const string Rotate = "Invoke-WinkCredentialRotation travel-tech booking-b -Confirm:$false; ";
        const string Connect = "Connect-Wink $operator -ApiUri $uri -IamUri $uri; ";
        if (elsewhere)
            await RunAsync(Connect + Rotate, null);

        var ran = await RunAsync(
            $"{Connect}{(elsewhere ? "" : Rotate)}{SwitchNow}; {first}{clear}; {SwitchNow}", null, Vault);

        AssertLike("*which may not be saved yet.", Assert.Single(ran.Errors));
        Assert.Equal(2, Sent().Count);
        Assert.Equal(1, Vault.Saves);
        Assert.True(IsValid(Vault.Current));
    }

    [Fact]
    public async Task It_refuses_when_neither_application_has_the_client_ID_in_use()
    {
        AddPair();
        Vault = new TestVault(Operator);

        AssertRefused(await SwitchAsync(), "*neither application has the client ID of -CurrentCredential.");
    }

    [Fact]
    public async Task It_refuses_when_both_applications_have_the_client_ID_in_use()
    {
        AddPair();
        Describe("booking-b", clientId: A.ClientId);

        AssertRefused(await SwitchAsync(), "*both applications have the client ID of -CurrentCredential.");
    }

    [Theory]
    [InlineData("booking-a, booking-a")]
    [InlineData("booking-a, BOOKING-A")]
    public async Task It_refuses_the_same_application_twice_and_reads_nothing(string ids)
    {
        AddPair();

        AssertRefused(
            await SwitchAsync(SwitchNow.Replace("booking-a, booking-b", ids, StringComparison.Ordinal)), "*they are the same application.");
        Assert.Equal(0, Seen(Operation.Application));
    }

    [Theory]
    [InlineData("booking-a", "\"another\"")]
    [InlineData("booking-b", "\"another\"")]
    [InlineData("booking-b", "\" \"")]
    [InlineData("booking-b", "null")]
    public async Task It_refuses_another_owner_or_none(string id, string owner)
    {
        AddPair();
        Describe(id, owner: owner);

        AssertRefused(await SwitchAsync(), Owner);
    }

    [Theory]
    [InlineData("""["account.read"]""")]
    [InlineData("""["account.read","booking.write","more"]""")]
    [InlineData("""["account.read","BOOKING.WRITE"]""")]
    [InlineData("""["account.read","booking.write",null]""")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task It_refuses_another_set_of_scopes_or_none(string scopes)
    {
        AddPair();
        Describe("booking-b", scopes: scopes);

        AssertRefused(await SwitchAsync(), Scopes);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("[null]")]
    public async Task It_refuses_two_applications_that_both_show_no_scopes(string scopes)
    {
        AddPair();
        Describe("booking-a", scopes: scopes);
        Describe("booking-b", scopes: scopes);

        AssertRefused(await SwitchAsync(), Scopes);
    }

    [Theory]
    [InlineData("booking-a")]
    [InlineData("booking-b")]
    public async Task It_refuses_a_description_of_another_application(string id)
    {
        AddPair();
        Describe(id, shownId: "another");

        AssertRefused(await SwitchAsync(), "*its response describes another application*");
    }

    [Theory]
    [InlineData("booking-a", 403)]
    [InlineData("booking-b", 403)]
    [InlineData("booking-b", 404)]
    [InlineData("booking-a", 500)]
    public async Task It_refuses_an_application_that_cannot_be_read(string id, int status)
    {
        AddPair();
        AddFault(new Fault { Operation = Operation.Application, ApplicationId = id, Status = status });

        AssertRefused(await SwitchAsync(), $"*Wink responded with {status}*");
    }

    [Fact]
    public async Task It_refuses_a_standby_without_a_client_ID()
    {
        AddPair();
        Describe("booking-b", clientId: " ");

        AssertRefused(await SwitchAsync(), Owner);
    }

    [Theory]
    [InlineData(401, """{"error":"invalid_client"}""", "*IAM refuses -CurrentCredential.")]
    [InlineData(503, "", "*an application could not be read, or IAM did not tell*")]
    public async Task It_refuses_when_IAM_does_not_accept_the_credentials_in_use(int status, string body, string why)
    {
        AddPair();
        AddFault(new Fault { Operation = Operation.Token, Status = status, Body = body });

        AssertRefused(await SwitchAsync(), why);
    }

    [Fact]
    public async Task It_refuses_while_this_process_holds_newer_credentials_that_are_not_in_use()
    {
        AddPair();
        await RunAsync("Invoke-WinkCredentialRotation travel-tech booking-b -Connection $wink -Confirm:$false", null);
        Sandbox.Journal.Clear();

        AssertRefused(await SwitchAsync(), "*this process received newer credentials, of application booking-b *may not be saved yet.");

        await RunAsync("Clear-WinkCredentialRotation -Connection $wink -Confirm:$false", null);
        AssertValid((await SwitchAsync()).Rotations);
        Assert.Equal(["booking-b"], Sent());
    }

    [Fact]
    public async Task It_refuses_the_standby_when_this_session_is_signed_in_as_it()
    {
        Sandbox.State.AddApplication("travel-tech", "booking-a", "A", "account.read", "account.write");
        Vault = new TestVault(NewCredential(A.ClientId, A.Secret));

        var script = SwitchNow.Replace("booking-b", "operations", StringComparison.Ordinal);
        var ran = await SwitchAsync(script);
        AssertRefused(ran, "*this session is signed in as the standby, application operations.");
        AssertLike("*Connect with the credentials that are in use*", Advice(ran.Errors[0]));
    }

    [Fact]
    public async Task It_rotates_whichever_is_not_in_use_whatever_the_order_of_the_scopes()
    {
        AddPair();
        var old = A;
        Describe("booking-b", scopes: """["booking.write","account.read","account.read"]""");

        var first = await SwitchAsync();
        var second = await SwitchAsync();

        Assert.Equal(["booking-b"], Applications(first.Rotations));
        Assert.Equal(["booking-a"], Applications(second.Rotations));
        Assert.NotEqual(old.ClientId, A.ClientId);
        Assert.True(IsValid(Vault.Current));
    }

    /// <summary>The next read of the application shows this, and the rest as it is.</summary>
    private void Describe(string id, string? shownId = null, string? clientId = null, string? owner = null, string? scopes = null) =>
        AddFault(new Fault
        {
            Operation = Operation.Application,
            ApplicationId = id,
            Times = 1,
            Status = 200,
            ContentType = "application/json",
            Body = $$"""
                {"id":"{{shownId ?? id}}","clientId":"{{clientId ?? (id == "booking-a" ? A : B).ClientId}}",
                "ownerIdentifier":{{owner ?? "\"owner-of-travel-tech\""}},"scopes":{{scopes ?? """["account.read","booking.write"]"""}}}
                """,
        });
}
