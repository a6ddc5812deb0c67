using System.Management.Automation;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>Where -CurrentCredential is not what the application has, or is not given as it must be, nothing is sent.</summary>
public sealed class CurrentCredentialTests : SaveTestBase
{
    private const string RotateOne = "Invoke-WinkCredentialRotation travel-tech application-1 @rotation -Confirm:$false";

    [Fact]
    public async Task It_rotates_where_it_is_what_the_application_has()
    {
        NewBatch(1);

        var ran = await RunAsync($"{RotateOne} -CurrentCredential $batch", null, ValidCredential(1));

        AssertValid([Assert.Single(ran.Rotations)]);
        Assert.Empty(ran.Errors);
    }

    [Fact]
    public async Task Nothing_is_sent_where_its_client_ID_is_not_that_of_the_application()
    {
        NewBatch(2);

        var ran = await RunAsync($"{RotateOne} -CurrentCredential $batch", null, ValidCredential(2));

        AssertRefused(
            ran,
            "CurrentCredentialRefused",
            $"*nothing was sent: the application has client ID {Valid(1).ClientId}, and -CurrentCredential has {Valid(2).ClientId}.*" +
                "Get-WinkCredentialRotation*escrow*without -CurrentCredential.");
    }

    [Fact]
    public async Task Nothing_is_sent_where_IAM_refuses_it()
    {
        NewBatch(1);

        var ran = await RunAsync($"{RotateOne} -CurrentCredential $batch", null, NewCredential(Valid(1).ClientId, "made-up-old-secret"));

        AssertRefused(ran, "CurrentCredentialRefused", "*nothing was sent: IAM refuses -CurrentCredential.*");
        Assert.DoesNotContain("made-up-old-secret", AllText(ran), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Invoke-WinkCredentialRotation travel-tech application-1 -Confirm:$false -Connection $wink")]
    [InlineData("Switch-WinkCredential travel-tech application-1, application-2 -Confirm:$false -Connection $wink")]
    public async Task A_password_that_was_disposed_is_an_error_and_nothing_is_sent(string command)
    {
        NewBatch(2);
        var current = ValidCredential(1);
        current.Password.Dispose();

        var ran = await RunAsync($"{command} -CurrentCredential $batch; 'next'", null, current);

        AssertRefused(ran, "InvalidArgument", "The password of -CurrentCredential was disposed. Nothing was sent.*");
        Assert.Equal("next", Assert.Single(ran.Output).BaseObject);
    }

    [Theory]
    [InlineData("500")]
    [InlineData("no response")]
    [InlineData("timeout")]
    public async Task Nothing_is_sent_where_IAM_cannot_tell(string what)
    {
        NewBatch(1);
        var pipeline = NewPipeline(
            $$"""
            $rotation.Connection = Connect-Wink $operator -ApiUri $uri -IamUri $uri -TimeoutSec 1 -PassThru
            $batch.Ready.Invoke()
            {{RotateOne}} -CurrentCredential $batch.Current
            """,
            null,
            new
            {
                Current = ValidCredential(1),
                Ready = (Action)(() => AddFault(what switch
                {
                    "500" => new Fault { Operation = Operation.Token, Status = 500 },
                    "no response" => new Fault { Operation = Operation.Token, Close = true },
                    _ => new Fault { Operation = Operation.Token, Until = NewGate().Task },
                })),
            });

        await pipeline.RunAsync();

        AssertRefused(pipeline, "CurrentCredentialRefused", "*nothing was sent: IAM did not tell whether it accepts*(*).*");
    }

    [Fact]
    public async Task Nothing_is_sent_where_the_application_cannot_be_read()
    {
        NewBatch(1);
        AddFault(new Fault { Operation = Operation.Application, Status = 403 });

        var ran = await RunAsync($"{RotateOne} -CurrentCredential $batch", null, ValidCredential(1));

        AssertRefused(ran, "CurrentCredentialRefused", "*the client ID of the application could not be read.*");
    }

    [Fact]
    public async Task Nothing_is_sent_where_somebody_rotated_the_application_after_the_look_up()
    {
        NewBatch(1);
        var current = ValidCredential(1);
        AddFault(new Fault
        {
            Operation = Operation.Token,
            Meanwhile = () => Sandbox.State.Rotate("travel-tech", "application-1"),
            Times = 1,
        });

        var ran = await RunAsync($"{RotateOne} -CurrentCredential $batch", null, current);

        AssertRefused(ran, "CurrentCredentialRefused", "*IAM refuses -CurrentCredential.*");
    }

    [Theory]
    [InlineData("$null")]
    [InlineData("''")]
    [InlineData("'client-made-up'")]
    [InlineData("[pscredential]::Empty")]
    [InlineData("[pscustomobject]@{ UserName = 'client-made-up' }")]
    public async Task An_empty_or_wrong_one_is_an_error_and_never_one_that_is_not_given(string value)
    {
        NewBatch(1);
        var host = new TestHost();

        var piped = await RunAsync(
            $$"""
            [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = 'application-1'; CurrentCredential = {{value}} } |
                Invoke-WinkCredentialRotation @rotation -Confirm:$false
            """,
            host);
        var given = await RunAsync($"{RotateOne} -CurrentCredential {value}", host);

        AssertRefused(piped, "ParameterArgumentTransformationError", "*-CurrentCredential is empty, or no PSCredential. Nothing was*");
        AssertLike("*-CurrentCredential is empty, or no PSCredential. Nothing was sent.*", given.End);
        Assert.Empty(Sent());
        Assert.Empty(host.Questions);
    }

    [Fact]
    public async Task A_value_that_one_object_has_is_not_that_of_the_next_one()
    {
        foreach (var (index, application) in NewBatch(2).Index())
        {
            if (index == 0)
                application.Properties.Add(new PSNoteProperty("CurrentCredential", ValidCredential(1)));
        }

        var ran = await RunAsync(
            """
            [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = 'application-1'; CurrentCredential = $batch },
            [pscustomobject]@{ ManagingEntityId = 'travel-tech'; ApplicationId = 'application-2' } |
                Invoke-WinkCredentialRotation @rotation -Confirm:$false
            """,
            null,
            ValidCredential(1));

        Assert.Equal(2, ran.Rotations.Count);
        Assert.Empty(ran.Errors);
    }

    [Fact]
    public async Task Given_on_the_command_line_it_is_for_one_application()
    {
        var ran = await RunAsync(
            "$batch.Applications | Invoke-WinkCredentialRotation @rotation -Confirm:$false -CurrentCredential $batch.Current",
            null,
            new { Applications = NewBatch(2), Current = ValidCredential(1) });

        Assert.Equal(["application-1"], Sent());
        AssertLike("-CurrentCredential was given for one application, and application-2 is another one.*", Assert.Single(ran.Errors));
    }

    [Theory]
    [InlineData("-ExpectedClientId client-another", "-ExpectedClientId and -CurrentCredential differ. Nothing was sent for *")]
    [InlineData("-SkipLookup", "*-CurrentCredential need the look-up that -SkipLookup leaves out.*")]
    public async Task It_does_not_go_with_what_contradicts_it(string other, string says)
    {
        NewBatch(1);

        var ran = await RunAsync($"{RotateOne} -CurrentCredential $batch {other}", null, ValidCredential(1));

        AssertLike("InvalidArgument,*", ran.End?.FullyQualifiedErrorId);
        AssertLike(says, ran.End);
        Assert.Empty(Sent());
    }

    [Fact]
    public async Task As_a_property_it_does_not_go_with_SkipLookup_either()
    {
        var application = Assert.Single(NewBatch(1));
        application.Properties.Add(new PSNoteProperty("CurrentCredential", ValidCredential(1)));

        var ran = await RunAsync("$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false -SkipLookup", null, application);

        AssertRefused(ran, "InvalidArgument", "-CurrentCredential needs the look-up. Nothing was sent for application-1.*");
    }

    [Theory]
    [InlineData(FaultMoment.AfterActing, "RotationSecretLost")]
    [InlineData(FaultMoment.BeforeActing, "RotationNotConfirmed")]
    public async Task IAM_tells_the_outcome_by_it_where_the_application_cannot_be_read_any_more(FaultMoment moment, string id)
    {
        await UseQuietTimeAsync();
        NewBatch(1);
        AddFault(new Fault
        {
            Operation = Operation.Rotation,
            Moment = moment,
            Close = true,
            Meanwhile = () => AddFault(new Fault { Operation = Operation.Application, Status = 403 }),
        });

        var ran = await RunAsync($"{RotateOne} -CurrentCredential $batch", null, ValidCredential(1));

        AssertLike($"{id},*", Assert.Single(ran.Errors).FullyQualifiedErrorId);
        Assert.Equal(["application-1"], Sent());
    }

    [Fact]
    public async Task With_it_a_lost_response_is_not_repeated()
    {
        NewBatch(1);
        AddFault(Fault.Lost() with { Times = 1 });

        var ran = await RunAsync($"{RotateOne} -CurrentCredential $batch", null, ValidCredential(1));

        AssertLike("RotationSecretLost,*", Assert.Single(ran.Errors).FullyQualifiedErrorId);
        Assert.Equal(["application-1"], Sent());
    }

    [Theory]
    [InlineData("AplicationId")]
    [InlineData("ApplicationIds")]
    public async Task A_mistyped_column_is_an_error_and_no_id(string column)
    {
        NewBatch(1);

        var ran = await RunAsync(
            $$"""
            "ManagingEntityId,{{column}}", 'travel-tech,application-1' | ConvertFrom-Csv |
                Invoke-WinkCredentialRotation @rotation -Confirm:$false
            """,
            null);

        AssertRefused(ran, "InputObjectMissingMandatory", "*ApplicationId*");
    }
}
