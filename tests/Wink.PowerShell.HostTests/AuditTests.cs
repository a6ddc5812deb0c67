using System.Management.Automation;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>The records on the information stream, and what Clear-WinkCredentialRotation removes.</summary>
public sealed class AuditTests : SaveTestBase
{
    [Fact]
    public async Task Each_finished_rotation_good_or_bad_is_one_record_without_a_secret()
    {
        NewBatch(3);
        var old = Valid(1).ClientId;
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-2", Status = 400 });
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-3", Status = 403 });

        var ran = await RunAsync(
            """
            'application-1', 'application-2', 'application-3', 'missing' | ForEach-Object {
                Invoke-WinkCredentialRotation travel-tech $_ -Connection $wink -Confirm:$false -SaveWith { $batch.Save($_) }
            }
            """,
            null,
            Vault);

        var records = Records(ran);
        Assert.Equal(["Rotated", "Rejected", "Rejected"], records.Select(record => record.Outcome));
        Assert.Equal(["application-1", "application-2", "application-3"], records.Select(record => record.ApplicationId));
        Assert.All(records, record => Assert.Equal(Operator.UserName, record.SignedInAs));
        Assert.Equal((old, Valid(1).ClientId, true), (records[0].PreviousClientId, records[0].ClientId, records[0].Saved));
        Assert.Null(records[1].Saved);
        Assert.Equal(
            $"{records[0].At:yyyy-MM-dd'T'HH:mm:ss'Z'} Rotated: application 'Application 1' (application-1) of managing entity " +
                $"travel-tech in {Wink}, client ID {old} -> {Valid(1).ClientId}, saved, by {Operator.UserName}",
            $"{records[0]}");
        AssertNoSecret(AllText(ran));
    }

    [Fact]
    public async Task What_was_not_saved_says_so_in_its_record()
    {
        Vault.IsLocked = true;

        var ran = await SaveAsync($"{RotateAndSave} -InformationVariable trail; $trail", 2);

        var record = Assert.Single(Records(ran));
        Assert.False(record.Saved);
        AssertLike("*, NOT saved, by *", record);
        Assert.Single(ran.Output, one => one.BaseObject is InformationRecord { MessageData: RotationAuditRecord });
    }

    [Theory]
    [InlineData("Select-Object -First 1")]
    [InlineData("ForEach-Object { throw 'made-up' }")]
    public async Task What_is_in_flight_when_a_command_downstream_ends_the_pipeline_has_its_record(string downstream)
    {
        var responses = NewGate();
        RotationParameters["ThrottleLimit"] = 3;
        AddFault(new Fault { Operation = Operation.Rotation, Until = responses.Task });
        var pipeline = NewPipeline($"$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false | {downstream}", null, NewBatch(3));
        pipeline.Start();
        await SeenAsync(Operation.Rotation, 3);

        responses.SetResult();
        await pipeline.RunAsync();

        Assert.Equal(3, Records(pipeline).Count);
        Assert.All(Records(pipeline), record => Assert.Equal("Rotated", record.Outcome));
    }

    [Fact]
    public async Task A_warning_that_ends_the_pipeline_does_not_end_the_records()
    {
        NewBatch(1);
        AddFault(new Fault { Operation = Operation.Rotation, Moment = FaultMoment.AfterActing, Close = true, Times = 1 });

        var ran = await RunAsync(
            "Invoke-WinkCredentialRotation travel-tech application-1 @rotation -Confirm:$false -WarningAction Stop", null);

        Assert.Equal("SecretLost", Assert.Single(Records(ran)).Outcome);
    }

    [Fact]
    public async Task After_a_stop_there_is_no_record()
    {
        var response = NewGate();
        AddFault(new Fault { Operation = Operation.Rotation, Until = response.Task });
        var host = new TestHost();
        var pipeline = NewSaving(Rotate, host: host);
        pipeline.Start();
        await SeenAsync(Operation.Rotation);

        await StopInFlightAsync(pipeline, host, response);

        Assert.Empty(Records(pipeline));
        Assert.Single(await HistoryAsync());
    }

    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("-ApplicationId APPLICATION-1", 1, 1)]
    [InlineData("application-1, application-3", 2, 2, true)]
    [InlineData("-WhatIf", 2, 2)]
    [InlineData("-Connection $other", 0, 0)]
    [InlineData("-Connection $other -ApplicationId application-1", 1, 1)]
    public async Task Clear_removes_from_the_history_what_is_meant(string parameters, int here, int there, bool isInvalid = false)
    {
        NewBatch(2);
        var ran = await RunAsync(
            $$"""
            Connect-Wink $operator -ApiUri $uri -IamUri $uri
            $other = Get-WinkConnection
            1..2 | ForEach-Object { $null = Invoke-WinkCredentialRotation travel-tech "application-$_" -Confirm:$false }
            {{(isInvalid ? "try { " : "")}}Clear-WinkCredentialRotation {{parameters}}{{(isInvalid ? " } catch { }" : "")}}
            @(Get-WinkCredentialRotation).Count
            @(Get-WinkCredentialRotation -Connection $other).Count
            """,
            new TestHost());

        Assert.Equal([here, there], ran.Output.Select(one => (int)one.BaseObject));
        Assert.Equal(2, Sent().Count);
    }

    [Theory]
    [InlineData("[pscustomobject]@{ AplicationId = 'application-1' }")]
    [InlineData("[pscustomobject]@{ ApplicationId = $null }")]
    [InlineData("[pscustomobject]@{ ApplicationId = '' }")]
    public async Task Clear_removes_nothing_where_a_piped_object_names_no_application(string piped)
    {
        NewBatch(1);

        var ran = await RunAsync(
            $$"""
            $null = Invoke-WinkCredentialRotation travel-tech application-1 -Connection $wink -Confirm:$false
            {{piped}} | Clear-WinkCredentialRotation
            @(Get-WinkCredentialRotation).Count
            """,
            null);

        Assert.Single(ran.Errors);
        Assert.Equal(1, Assert.Single(ran.Output).BaseObject);
    }

    private static IReadOnlyList<RotationAuditRecord> Records(Pipeline pipeline) =>
    [
        .. pipeline.Streams.Information
            .Where(record => record.Tags.SequenceEqual(["Wink", "Rotation"]))
            .Select(record => record.MessageData)
            .OfType<RotationAuditRecord>(),
    ];
}
