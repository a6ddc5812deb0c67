using System.Globalization;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>What is read before a rotation, what a person sees of it, and what the outcome of the rotation is judged by.</summary>
public sealed class LookUpTests : HostTestBase
{
    private const string RotateOne = "Invoke-WinkCredentialRotation travel-tech application-1 @rotation -Confirm:$false";

    [Fact]
    public async Task WhatIf_names_the_application_and_the_credentials_that_stop_working()
    {
        NewBatch(1);
        var host = new TestHost();

        await RunAsync("Invoke-WinkCredentialRotation travel-tech application-1 @rotation -WhatIf", host);

        Assert.Equal(
            $"What if: Rotate the credentials of application 'Application 1' (application-1) of managing entity travel-tech in {Wink}. " +
            $"The old credentials (client ID {Valid(1).ClientId}) stop working immediately.",
            Assert.Single(host.Lines));
        Assert.Empty(Sent());
    }

    [Theory]
    [InlineData("-Confirm:$false")]
    [InlineData("-Confirm")]
    [InlineData("-WhatIf")]
    public async Task Of_an_application_that_is_not_there_nothing_is_asked_and_nothing_is_sent(string how)
    {
        var host = new TestHost();

        var ran = await RunAsync($"Invoke-WinkCredentialRotation travel-tech missing @rotation {how}", host);

        var error = Assert.Single(ran.Errors);
        Assert.Equal("ApplicationNotFound,Wink.PowerShell.InvokeWinkCredentialRotationCommand", error.FullyQualifiedErrorId);
        AssertLike(
            "There is no application missing of managing entity travel-tech, or this token may not see it. The rotation was not sent.*",
            error);
        AssertLike("This command changed nothing. Check the ids*moved*", Advice(error));
        Assert.Empty(host.Questions);
        Assert.Empty(host.Lines);
        Assert.Empty(Sent());
    }

    [Fact]
    public async Task A_404_of_a_gateway_says_nothing_of_the_application()
    {
        NewBatch(1);
        AddFault(new Fault { Operation = Operation.Application, Status = 404, ContentType = "text/html", Body = "<html>made-up</html>" });

        var ran = await RunAsync(RotateOne, null);

        var rotation = Assert.Single(ran.Rotations);
        AssertValid([rotation]);
        Assert.Null(rotation.PreviousClientId);
        Assert.Empty(ran.Errors);
    }

    [Fact]
    public async Task The_application_is_not_there_any_more_when_the_rotation_is_about_to_be_sent()
    {
        await UseQuietTimeAsync();
        NewBatch(1);
        var host = new TestHost();
        var pipeline = NewPipeline("Invoke-WinkCredentialRotation travel-tech application-1 @rotation", host);
        pipeline.Start();
        await AskedAsync(host);
        AddFault(new Fault
        {
            Operation = Operation.Application,
            Status = 404,
            ContentType = "application/problem+json",
            Body = """{"detail":"made-up"}""",
        });
        // More than the five seconds for which the look-up is relied on.
        Time.Advance(TimeSpan.FromSeconds(6));
        Answer(host, 0);

        await pipeline.RunAsync();

        AssertLike("ApplicationNotFound,*", Assert.Single(pipeline.Errors).FullyQualifiedErrorId);
        Assert.Empty(Sent());
    }

    [Theory]
    [InlineData("", "was {0} when you were asked, and is {1} now.")]
    [InlineData("-ExpectedClientId $batch", "is {1}, not {0}.")]
    public async Task Nothing_is_sent_when_somebody_rotated_the_application_while_the_person_thought(string expected, string says)
    {
        await UseQuietTimeAsync();
        NewBatch(1);
        var old = Valid(1);
        var host = new TestHost();
        var pipeline = NewPipeline($"Invoke-WinkCredentialRotation travel-tech application-1 @rotation {expected}", host, old.ClientId);
        pipeline.Start();
        await AskedAsync(host);
        var theirs = Sandbox.State.Rotate("travel-tech", "application-1")!;
        Time.Advance(TimeSpan.FromSeconds(6));
        Answer(host, 0);

        await pipeline.RunAsync();

        AssertLike("UnexpectedClientId,*", Assert.Single(pipeline.Errors).FullyQualifiedErrorId);
        AssertLike(
            $"*was not sent*{string.Format(CultureInfo.InvariantCulture, says, old.ClientId, theirs.ClientId)}", pipeline.Errors[0]);
        Assert.Equal(theirs, Valid(1));
        Assert.Empty(Sent());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(6, 1)]
    public async Task A_description_from_the_pipeline_is_relied_on_for_five_seconds(int pauseSeconds, int reads)
    {
        await UseQuietTimeAsync();
        NewBatch(1);

        var ran = await RunAsync(
            """
            $application = Get-WinkApplication -ManagingEntityId travel-tech -Name 'Application 1' -Connection $wink
            $batch.Invoke()
            $application | Invoke-WinkCredentialRotation @rotation -Confirm:$false
            """,
            null,
            () => Time.Advance(TimeSpan.FromSeconds(pauseSeconds)));

        Assert.Single(ran.Rotations);
        Assert.Equal(reads, Seen(Operation.Application));
    }

    [Fact]
    public async Task The_same_object_piped_twice_names_the_credentials_that_are_valid_now()
    {
        NewBatch(1);
        var host = new TestHost { Answers = new([0, 0]) };

        var ran = await RunAsync(
            """
            $application = Get-WinkApplication -ManagingEntityId travel-tech -ApplicationId application-1 -Connection $wink
            $application | Invoke-WinkCredentialRotation @rotation
            $application | Invoke-WinkCredentialRotation @rotation
            $application | Invoke-WinkCredentialRotation @rotation -WhatIf
            """,
            host);

        Assert.Equal(2, ran.Rotations.Count);
        Assert.Equal(ran.Rotations[0].ClientId, ran.Rotations[1].PreviousClientId);
        AssertLike($"*(client ID {ran.Rotations[0].PreviousClientId})*", host.Questions.First());
        AssertLike($"*(client ID {ran.Rotations[0].ClientId})*", host.Questions.Last());
        AssertLike($"What if: *(client ID {ran.Rotations[1].ClientId})*", Assert.Single(host.Lines));
    }

    [Fact]
    public async Task Without_a_question_each_application_is_looked_up_just_before_its_rotation()
    {
        await UseQuietTimeAsync();
        var responses = NewGate();
        AddFault(new Fault { Operation = Operation.Rotation, Until = responses.Task, LetsTimePass = true });
        var pipeline = NewPipeline("$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false", null, NewBatch(8));
        pipeline.Start();

        await SeenAsync(Operation.Rotation, 4);
        await Time.UntilQuietAsync(Cancellation);
        Assert.Equal(4, Seen(Operation.Application));

        responses.SetResult();
        await pipeline.RunAsync();
        Assert.Equal(8, pipeline.Rotations.Count);
        Assert.Equal((8, 8), (Seen(Operation.Application), Seen(Operation.Rotation)));
    }

    [Fact]
    public async Task SkipLookup_sends_one_request_alone()
    {
        NewBatch(1);
        var before = Sandbox.Journal.Requests.Count;
        var host = new TestHost { Answers = new([0]) };

        var ran = await RunAsync("Invoke-WinkCredentialRotation travel-tech application-1 @rotation -SkipLookup", host);

        AssertValid([Assert.Single(ran.Rotations)]);
        Assert.Equal(Operation.Rotation, Assert.Single(Sandbox.Journal.Requests.Skip(before)).Operation);
        AssertLike(
            "*(client ID not known)*It cannot be told whether this session is signed in as this application.*", host.Questions.Single());
    }

    [Theory]
    [InlineData("Invoke-WinkCredentialRotation travel-tech application-1")]
    [InlineData("Get-WinkApplication 'Application 1' -Connection $wink | Invoke-WinkCredentialRotation")]
    public async Task With_SkipLookup_a_lost_response_stays_unknown(string script)
    {
        NewBatch(1);
        AddFault(Fault.Lost());

        var ran = await RunAsync($"{script} @rotation -SkipLookup -Confirm:$false", null);

        AssertLike("RotationOutcomeUnknown,*", Assert.Single(ran.Errors).FullyQualifiedErrorId);
        Assert.Equal(["application-1"], Sent());
        Assert.Equal(0, Seen(Operation.Application));
    }

    [Fact]
    public async Task With_SkipLookup_a_refusal_is_not_checked()
    {
        NewBatch(1);
        AddFault(new Fault { Operation = Operation.Rotation, Status = 403 });

        var ran = await RunAsync(
            "Get-WinkApplication -ManagingEntityId travel-tech -Name 'Application 1' -Connection $wink | " +
            "Invoke-WinkCredentialRotation @rotation -SkipLookup -Confirm:$false",
            null);

        AssertLike("RotationRejected,*", Assert.Single(ran.Errors).FullyQualifiedErrorId);
        AssertLike("Wink refused the rotation*It was not checked whether anything changed.*", ran.Errors[0]);
        Assert.Equal(0, Seen(Operation.Application));
    }

    [Fact]
    public async Task SkipLookup_refuses_an_expected_client_ID()
    {
        NewBatch(1);
        var before = Sandbox.Journal.Requests.Count;

        var ran = await RunAsync($"{RotateOne} -SkipLookup -ExpectedClientId made-up", null);

        Assert.Equal("InvalidArgument,Wink.PowerShell.InvokeWinkCredentialRotationCommand", ran.End!.FullyQualifiedErrorId);
        Assert.Equal(before, Sandbox.Journal.Requests.Count);
    }

    private SandboxApplication Valid(int number) => Sandbox.State.FindApplication("travel-tech", $"application-{number}")!;

    [Fact]
    public async Task The_question_about_the_second_one_names_what_is_valid_though_the_first_question_took_long()
    {
        await UseQuietTimeAsync();
        var batch = NewBatch(2);
        // The first question comes when both were looked up, the second one by what it was before they rotate it.
        AddFault(new Fault
        {
            Operation = Operation.Application,
            ApplicationId = "application-1",
            Times = 1,
            Until = SeenAsync(Operation.Application, 2),
        });
        AddFault(new Fault
        {
            Operation = Operation.Application,
            ApplicationId = "application-2",
            Times = 1,
            Status = 200,
            ContentType = "application/json",
            Body = $$"""{"id":"application-2","name":"Application 2","clientId":"{{Valid(2).ClientId}}"}""",
        });
        var host = new TestHost();
        var pipeline = NewPipeline("$batch | Invoke-WinkCredentialRotation @rotation", host, batch);
        pipeline.Start();
        await AskedAsync(host);
        var theirs = Sandbox.State.Rotate("travel-tech", "application-2")!;
        Time.Advance(TimeSpan.FromSeconds(6));
        host.Answers.Enqueue(0);

        Answer(host, 0);
        await pipeline.RunAsync();

        AssertLike($"*(application-2)*client ID {theirs.ClientId}*", host.Questions.Last());
        Assert.Equal(2, pipeline.Rotations.Count);
    }

    private static void Answer(TestHost host, int answer)
    {
        host.Answers.Enqueue(answer);
        host.Interrupt.Set();
    }
}
