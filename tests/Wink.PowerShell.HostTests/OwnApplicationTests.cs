using System.Management.Automation;
using System.Net;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>The application that the session is signed in as.</summary>
public sealed class OwnApplicationTests : HostTestBase
{
    private const string RotateSelf = "Invoke-WinkCredentialRotation travel-tech operations @rotation -IncludeSelf -Confirm:$false";

    private static readonly Fault Lost = Fault.Lost() with { ApplicationId = "operations" };

    [Theory]
    [InlineData("-Confirm:$false")]
    [InlineData("-WhatIf")]
    [InlineData("-Confirm")]
    public async Task It_is_an_error_without_IncludeSelf_and_nothing_is_asked_or_sent(string how)
    {
        var host = new TestHost();

        var ran = await RunAsync($"Invoke-WinkCredentialRotation travel-tech operations @rotation {how}", host);

        var error = Assert.Single(ran.Errors);
        Assert.Equal("OwnApplication,Wink.PowerShell.InvokeWinkCredentialRotationCommand", error.FullyQualifiedErrorId);
        AssertLike(
            "This session is signed in as application 'Operations' (operations) of managing entity travel-tech, so it was not rotated.",
            error);
        AssertLike("Nothing was sent. With -IncludeSelf *", Advice(error));
        Assert.Equal("operations", ((Client.ApplicationReference)error.TargetObject).ApplicationId);
        Assert.Empty(host.Lines);
        Assert.Empty(host.Questions);
        Assert.Empty(Sent());
    }

    [Fact]
    public async Task It_is_known_with_SkipLookup_where_the_pipeline_has_just_read_it()
    {
        var ran = await RunAsync(
            "Get-WinkApplication -ManagingEntityId travel-tech -ApplicationId operations -Connection $wink | " +
            "Invoke-WinkCredentialRotation @rotation -SkipLookup -Confirm:$false",
            null);

        AssertLike("OwnApplication,*", Assert.Single(ran.Errors).FullyQualifiedErrorId);
        Assert.Empty(Sent());
    }

    [Fact]
    public async Task With_SkipLookup_and_IncludeSelf_the_session_continues_with_the_new_credentials()
    {
        var ran = await RunAsync(
            "Get-WinkApplication -ManagingEntityId travel-tech -ApplicationId operations -Connection $wink | " +
            "Invoke-WinkCredentialRotation @rotation -SkipLookup -IncludeSelf -Confirm:$false",
            null);

        AssertValid(ran.Rotations);
        Assert.Equal(Assert.Single(ran.Rotations).ClientId, Wink.ClientId);
    }

    [Fact]
    public async Task In_a_batch_without_IncludeSelf_the_others_are_rotated()
    {
        var ran = await RunAsync("$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false", null, SelfAnd(3));

        AssertLike("OwnApplication,*", Assert.Single(ran.Errors).FullyQualifiedErrorId);
        Assert.Equal(["application-1", "application-2", "application-3"], Applications(ran.Rotations));
        Assert.DoesNotContain("operations", Sent());
    }

    [Fact]
    public async Task It_goes_last_also_where_only_the_read_just_before_sending_tells_that_it_is_the_own()
    {
        AddFault(new Fault { Operation = Operation.Application, ApplicationId = "operations", Status = 503, Times = 1 });

        var ran = await RunAsync("$batch | Invoke-WinkCredentialRotation @rotation -IncludeSelf -Confirm:$false", null, SelfAnd(1));

        Assert.Empty(ran.Errors);
        Assert.Equal("operations", Sandbox.Journal.Of(Operation.Rotation)[^1].Target.Split('/')[5]);
        AssertValid(ran.Rotations);
        Assert.Equal(2, ran.Rotations.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task It_goes_last_and_alone_though_it_is_piped_first_and_the_session_continues(int limit)
    {
        RotationParameters["ThrottleLimit"] = limit;
        var host = new TestHost();
        var pipeline = NewPipeline("$batch | Invoke-WinkCredentialRotation @rotation -IncludeSelf -Confirm:$false", host, SelfAnd(5));
        var before = -1;
        AddFault(new Fault
        {
            Operation = Operation.Rotation,
            ApplicationId = "operations",
            Meanwhile = () => before = pipeline.Output.Count,
        });
        AddFault(new Fault { Operation = Operation.Rotation, DelayMs = 200 });

        await pipeline.RunAsync();

        Assert.Equal(5, before);
        Assert.Equal("operations", pipeline.Rotations[^1].ApplicationId);
        Assert.Equal(6, pipeline.Rotations.Count);
        AssertValid(pipeline.Rotations);
        Assert.Equal(Operator.UserName, pipeline.Rotations[^1].PreviousClientId);
        await AssertSignedInAsync(pipeline.Rotations[^1].ClientId);
    }

    [Fact]
    public async Task The_person_is_asked_about_it_last_and_told_that_the_session_continues()
    {
        var host = new TestHost { Answers = new([0, 0, 0]) };

        var ran = await RunAsync("$batch | Invoke-WinkCredentialRotation @rotation -IncludeSelf", host, SelfAnd(2));

        Assert.Equal(3, ran.Rotations.Count);
        Assert.Equal(3, host.Questions.Count);
        AssertLike("*(application-1)*stop working immediately.\nContinue?", host.Questions.First());
        AssertLike(
            "Application:     'Operations' (operations)\nManaging entity: travel-tech\nWink:            Custom (*)\n" +
            $"The old credentials (client ID {Operator.UserName}) stop working immediately. This session is signed in as this " +
            "application, and continues with the new credentials.\nContinue?",
            host.Questions.Last());
    }

    [Fact]
    public async Task It_is_not_attempted_after_an_outcome_that_stops_the_batch()
    {
        // It is found to be the own application, and postponed, before the other one is sent.
        RotationParameters["ThrottleLimit"] = 1;
        AddFault(Fault.Lost(FaultMoment.BeforeActing) with { ApplicationId = "application-1" });
        AddFault(new Fault { Operation = Operation.Application, ApplicationId = "application-1", Status = 403 });

        var ran = await RunAsync("$batch | Invoke-WinkCredentialRotation @rotation -IncludeSelf -Confirm:$false", null, SelfAnd(1));

        Assert.Equal(["RotationOutcomeUnknown", "RotationNotAttempted"], ErrorIds(ran));
        Assert.Equal("operations", Target(ran.Errors[^1]).ApplicationId);
        Assert.Equal(["application-1"], Sent());
    }

    [Fact]
    public async Task It_is_never_repeated()
    {
        AddFault(Lost);

        var ran = await RunAsync(RotateSelf, null);

        AssertLike("RotationSecretLost,*", Assert.Single(ran.Errors).FullyQualifiedErrorId);
        Assert.Equal(["operations"], Sent());
        Assert.Empty(ran.Streams.Warning);
    }

    [Theory]
    [InlineData(FaultMoment.AfterActing, "RotationSecretLost", "*were changed*this rotation received no new secret.*")]
    [InlineData(FaultMoment.BeforeActing, "RotationNotConfirmed", "*no effect was seen by*IAM still accepts its old credentials.*")]
    public async Task IAM_tells_the_outcome_where_it_can_no_longer_be_read(FaultMoment moment, string id, string says)
    {
        await UseQuietTimeAsync();
        AddFault(Lost with
        {
            Moment = moment,
            Meanwhile = () => AddFault(new Fault { Operation = Operation.Application, Status = 403 }),
        });

        var ran = await RunAsync(RotateSelf, null);

        AssertLike($"{id},*", Assert.Single(ran.Errors).FullyQualifiedErrorId);
        AssertLike(says, ran.Errors[0]);
        Assert.Equal(["operations"], Sent());
    }

    [Fact]
    public async Task The_same_object_piped_twice_names_the_credentials_that_are_valid_now()
    {
        var ran = await RunAsync(
            """
            $self = Get-WinkApplication -ManagingEntityId travel-tech -ApplicationId operations -Connection $wink
            1..2 | ForEach-Object { $self | Invoke-WinkCredentialRotation @rotation -IncludeSelf -Confirm:$false }
            """,
            null);

        Assert.Equal(2, ran.Rotations.Count);
        Assert.Equal(ran.Rotations[0].ClientId, ran.Rotations[1].PreviousClientId);
        await AssertSignedInAsync(ran.Rotations[1].ClientId);
    }

    [Fact]
    public async Task By_access_token_it_cannot_be_told_and_the_person_is_told_so()
    {
        var host = new TestHost();
        var token = new NetworkCredential("", Sandbox.State.IssueToken(["account.read", "account.write"])).SecurePassword;

        await RunAsync(
            """
            $byToken = Connect-Wink -AccessToken $batch -ApiUri $uri -IamUri $uri -PassThru
            Invoke-WinkCredentialRotation travel-tech operations -Connection $byToken -WhatIf
            """,
            host,
            token);

        AssertLike(
            $"What if: *The old credentials (client ID {Operator.UserName}) stop working immediately. It cannot be told whether this " +
            "session is signed in as this application.*",
            Assert.Single(host.Lines));
    }

    [Fact]
    public async Task A_session_without_the_right_to_read_continues_after_it_rotated_its_own_application()
    {
        NewBatch(1);
        var writer = Sandbox.State.AddApplication("travel-tech", "writer", "Writer", "account.write");
        var host = new TestHost();
        var pipeline = NewPipeline(
            """
            Connect-Wink $batch -ApiUri $uri -IamUri $uri -Scope account.write
            Invoke-WinkCredentialRotation travel-tech writer -WhatIf
            Invoke-WinkCredentialRotation travel-tech writer -Confirm:$false
            """,
            host,
            NewCredential(writer.ClientId, writer.Secret));
        await pipeline.RunAsync();
        AssertLike(
            "What if: *The old credentials (client ID not known) stop working immediately. It cannot be told whether this session is " +
            "signed in as this application. The application could not be read: Wink responded with 403*",
            Assert.Single(host.Lines));
        var own = Assert.Single(pipeline.Rotations);
        AssertValid([own]);
        Assert.Null(own.PreviousClientId);

        Sandbox.State.RevokeAllTokens();
        var next = await pipeline.ThenAsync<CredentialRotation>("Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false");

        AssertValid([Assert.Single(next)]);
        Assert.Equal([own.ClientId], await pipeline.ThenAsync<string>("(Get-WinkConnection).ClientId"));
    }

    [Fact]
    public async Task A_session_without_the_right_to_read_keeps_its_credentials_after_the_rotation_of_another_application()
    {
        NewBatch(1);
        var writer = Sandbox.State.AddApplication("travel-tech", "writer", "Writer", "account.write");
        var pipeline = NewPipeline(
            """
            Connect-Wink $batch -ApiUri $uri -IamUri $uri -Scope account.write
            Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false
            """,
            null,
            NewCredential(writer.ClientId, writer.Secret));

        await pipeline.RunAsync();

        AssertValid([Assert.Single(pipeline.Rotations)]);
        Assert.Equal([writer.ClientId], await pipeline.ThenAsync<string>("(Get-WinkConnection).ClientId"));
    }

    /// <summary>The application that is signed in, and then so many others.</summary>
    private List<PSObject> SelfAnd(int others)
    {
        var self = new PSObject();
        self.Properties.Add(new PSNoteProperty("ManagingEntityId", "travel-tech"));
        self.Properties.Add(new PSNoteProperty("ApplicationId", "operations"));
        return [self, .. NewBatch(others)];
    }

    /// <summary>The connection has these credentials, and obtains a token with them.</summary>
    private async Task AssertSignedInAsync(string clientId)
    {
        Sandbox.State.RevokeAllTokens();
        Assert.Equal("Operations", Assert.Single(await ConnectedAsync<WinkApplication>("Get-WinkApplication Operations")).Name);
        Assert.Equal([clientId], await ConnectedAsync<string>("(Get-WinkConnection).ClientId"));
    }
}
