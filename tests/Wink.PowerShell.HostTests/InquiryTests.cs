using System.Management.Automation;
using System.Management.Automation.Host;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>Pipelines that PowerShell has ask a person: there is nobody, or the person answers.</summary>
public sealed class InquiryTests : HostTestBase
{
    private const string Rotate = "$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false";

    private static readonly string[] Troubled = ["application-1", "application-2", "application-3"];

    /// <summary>What asks, and what its host throws; null for a host without an interface.</summary>
    public static TheoryData<string, Type?> NobodyThere() => new()
    {
        { "-ErrorAction Inquire", null },
        { "-WarningAction Inquire", null },
        { "-Debug", null },
        { "-ErrorAction Inquire", typeof(HostException) },
        { "-WarningAction Inquire", typeof(HostException) },
        { "-Debug", typeof(HostException) },
        // PowerShell that is not interactive, a host that is not finished, a console whose input has ended, a host that waits no longer.
        { "-ErrorAction Inquire", typeof(InvalidOperationException) },
        { "-ErrorAction Inquire", typeof(NotImplementedException) },
        { "-ErrorAction Inquire", typeof(NullReferenceException) },
        { "-ErrorAction Inquire", typeof(TimeoutException) },
    };

    [Theory]
    [MemberData(nameof(NobodyThere))]
    public async Task Where_nobody_can_answer_all_that_was_in_flight_is_written_and_one_clear_error_ends_it(string asks, Type? refusal)
    {
        var host = refusal is null ? null : Refusing(refusal);

        var ran = await RunTroubledAsync($"{Rotate} {asks}", host);

        Assert.Equal("InquiryUnavailable,Wink.PowerShell.InvokeWinkCredentialRotationCommand", ran.End!.FullyQualifiedErrorId);
        AssertLike($"*With {asks},*nobody could answer*What was sent was awaited: * rotated, 3 failed*in Get-WinkCredentialRotation.*"
            + "Nothing was sent for any other application*", ran.End);
        AssertLike($"*leave {asks} out*", Advice(ran.End));
        // The lost secret is not repeated when the pipeline is about to end.
        AssertAllWritten(ran, failed: 3);
        Assert.Single(Sent(), "application-1");
        Assert.True(Sent().Distinct().Count() < 8);
        foreach (var application in Troubled)
            AssertLike($"*{application}*", $"{string.Join(' ', ran.Errors)} {ran.Warnings}");

        // The end holds what began it.
        AssertLike(asks == "-ErrorAction Inquire" ? "*refused*application-2*" : "*No usable response*application-1*", ran.End);
    }

    [Theory]
    [InlineData("-ErrorAction Inquire", 2, 1)]
    [InlineData("-Debug", 1, 1)]
    public async Task It_is_the_same_for_one_rotation(string asks, int number, int failed)
    {
        var script = $"@($batch)[-1] | Invoke-WinkCredentialRotation -Connection $wink -Confirm:$false {asks}";
        var ran = await RunTroubledAsync(script, null, number, inFlight: 1);

        Assert.StartsWith("InquiryUnavailable,", ran.End!.FullyQualifiedErrorId, StringComparison.Ordinal);
        AssertLike($"*application-{number}*", ran.End);
        AssertAllWritten(ran, failed);
    }

    [Theory]
    [InlineData("$WarningPreference")]
    [InlineData("$ProgressPreference")]
    [InlineData("$DebugPreference")]
    public async Task The_error_says_which_variable_asked(string variable)
    {
        // The first debug line, or the first progress, may end it before the second is sent. There is no progress in the first 200 ms.
        var inFlight = variable == "$WarningPreference" ? 4 : 0;
        var ran = await RunTroubledAsync($"{variable} = 'Inquire'; {Rotate}", Unattended(), inFlight: inFlight, delayMs: 300);

        Assert.StartsWith("InquiryUnavailable,", ran.End!.FullyQualifiedErrorId, StringComparison.Ordinal);
        AssertLike($"*With {variable} = 'Inquire'*", ran.End);
        AssertAllWritten(ran, ran.Errors.Count(error =>
            IsLike("RotationRejected,*", error.FullyQualifiedErrorId) || IsLike("RotationSecretLost,*", error.FullyQualifiedErrorId)));
    }

    [Fact]
    public async Task Its_end_is_told_on_the_host_where_ErrorActionPreference_has_PowerShell_ask_about_that_too()
    {
        var host = Unattended();

        var ran = await RunTroubledAsync($"$ErrorActionPreference = 'Inquire'; {Rotate}", host);

        AssertLike("*With $ErrorActionPreference = 'Inquire'*application-2*leave*out*", string.Join(' ', host.Lines));
        AssertAllWritten(ran, failed: 3);
    }

    [Fact]
    public async Task What_could_not_be_written_is_told_on_the_host_a_warning_that_came_after_it()
    {
        var host = Unattended();

        var ran = await RunTroubledAsync($"{Rotate} -ErrorAction Inquire -WarningAction Inquire", host);

        foreach (var application in Troubled)
        {
            AssertLike($"*{application}*", string.Join(' ', host.Lines));
            AssertLike($"*{application}*", ran.End);
        }

        Assert.Single(host.Questions);
        AssertAllWritten(ran, failed: 3);
    }

    [Theory]
    [InlineData("Stop")]
    [InlineData("Inquire")]
    public async Task A_warning_that_stops_or_asks_is_said_once(string action)
    {
        var host = Unattended();

        var ran = await RunTroubledAsync($"{Rotate} -WarningAction {action}", host);

        Assert.Single(ran.Streams.Warning, warning => IsLike("No usable response*application-1*", warning));
        Assert.All(host.Lines, line => AssertLike("*Before the pipeline was ended*", line));
        AssertAllWritten(ran, failed: 3);
    }

    [Fact]
    public async Task A_host_that_cannot_show_a_line_was_not_asked()
    {
        var ran = await RunTroubledAsync(Rotate, new TestHost { CannotWarn = true });

        AssertLike("The host could not show a line*application-1*", ran.End);
        // The lost secret is repeated unless the pipeline was to end before.
        AssertAllWritten(ran, failed: Sent().Count(application => application == "application-1") == 2 ? 2 : 3);
    }

    [Theory]
    [InlineData(
        "Get-WinkApplication -ManagingEntityId travel-tech -ApplicationId missing -Connection $wink -ErrorAction Inquire",
        "*With -ErrorAction Inquire*Wink responded with 404*")]
    [InlineData("$DebugPreference = 'Inquire'; Get-WinkManagingEntity -Connection $wink", "*With $DebugPreference = 'Inquire'*")]
    [InlineData("Test-WinkCredential ([pscredential]::Empty) -Connection $wink -ErrorAction Inquire", "*With -ErrorAction Inquire*")]
    [InlineData("$DebugPreference = 'Inquire'; Disconnect-Wink $wink", "*With $DebugPreference = 'Inquire'*")]
    [InlineData("$DebugPreference = 'Inquire'; Connect-Wink $operator -ApiUri $uri -IamUri $uri", "*With $DebugPreference = 'Inquire'*")]
    public async Task The_other_cmdlets_fail_as_clearly(string script, string message)
    {
        AddFault(new Fault { Operation = Operation.TokenRevocation, Close = true });
        var host = Refusing(typeof(NullReferenceException));

        // A failed Connect-Wink leaves no connection.
        var ran = await RunAsync($"try {{ {script} }} catch {{ $_ }}; Get-WinkConnection", host);

        // What was read before may be out.
        var end = Assert.IsType<ErrorRecord>(ran.Output[^1].BaseObject);
        Assert.StartsWith("InquiryUnavailable,", end.FullyQualifiedErrorId, StringComparison.Ordinal);
        AssertLike(message, end);
    }

    [Fact]
    public async Task Nothing_is_sent_that_nobody_could_confirm_whatever_the_host_throws()
    {
        var ran = await RunTroubledAsync(
            "$batch | Invoke-WinkCredentialRotation @rotation", Refusing(typeof(TimeoutException)), count: 2, inFlight: 0);

        Assert.Equal(
            Enumerable.Repeat("ConfirmationUnavailable,Wink.PowerShell.InvokeWinkCredentialRotationCommand", 2),
            ran.Errors.Select(error => error.FullyQualifiedErrorId));
        Assert.Empty(Sent());
    }

    [Theory]
    [InlineData("-ErrorAction Inquire")]
    [InlineData("-WarningAction Inquire")]
    public async Task The_answer_Halt_ends_it_after_all_that_was_in_flight_came_out(string asks)
    {
        var host = new TestHost { Answers = new([2]) };

        var ran = await RunTroubledAsync($"{Rotate} {asks}", host);

        Assert.StartsWith("ActionPreferenceStop,", ran.End!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(host.Questions);
        AssertAllWritten(ran, failed: 3);
        Assert.Single(Sent(), "application-1");
        Assert.True(Sent().Distinct().Count() < 8);
        AssertLike("*refused*application-3*", $"{string.Join(' ', ran.Errors)} {ran.Warnings}");
    }

    [Fact]
    public async Task It_goes_on_after_the_answers_Yes_and_Yes_to_All()
    {
        var ran = await RunTroubledAsync($"{Rotate} -ErrorAction Inquire", new TestHost { Answers = new([0, 1]) });

        Assert.Equal(2, ran.Errors.Count);
        AssertAllWritten(ran, failed: 2);
        Assert.Equal(8, Sent().Distinct().Count());
    }

    [Fact]
    public async Task What_was_answered_with_No_is_not_rotated()
    {
        var host = new TestHost { Answers = new([2, 0]) };

        await RunTroubledAsync("$batch | Invoke-WinkCredentialRotation -Connection $wink", host, count: 2, inFlight: 1);

        Assert.Equal(2, host.Questions.Count);
        Assert.Equal(["application-2"], Sent());
    }

    [Fact]
    public async Task When_Select_Object_First_took_an_error_the_rest_is_told_on_the_host()
    {
        var host = new TestHost();

        var ran = await RunTroubledAsync($"{Rotate} 2>&1 | Select-Object -First 1", host);

        var lines = string.Join(' ', host.Lines);
        AssertLike("*Application 'Application 4' (application-4) was rotated.*", lines);
        // The lost secret of the first is not repeated when the pipeline is about to end.
        AssertLike("*credentials of application *(application-1) *were changed, by this rotation or by*", $"{lines} {ran.Warnings}");
        AssertLike("*refused*application-3*", $"{lines} {ran.Warnings}");
    }

    [Fact]
    public async Task No_error_is_dropped_when_the_pipeline_is_stopped_before_the_error_that_was_to_end_it()
    {
        var host = new TestHost();
        var pipeline = NewPipeline($"{Rotate} -ErrorAction Stop", host, NewBatch(3));
        var (refusals, other) = (NewGate(), NewGate());
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-2", Status = 400, Until = refusals.Task });
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-3", Status = 400, Until = refusals.Task });
        AddFault(new Fault { Operation = Operation.Rotation, Until = other.Task });
        pipeline.Start();
        await SeenAsync(Operation.Rotation, 3);
        refusals.SetResult();
        // The first error is to end it, so the second is a warning.
        await UntilAsync(() => pipeline.Streams.Warning.Count > 0);
        var first = pipeline.Warnings.Contains("application-2", StringComparison.Ordinal) ? "application-3" : "application-2";

        await StopInFlightAsync(pipeline, host, other);

        AssertLike($"*refused*{first}*", string.Join(' ', host.Lines));
        AssertLike("*(application-1) was rotated*", string.Join(' ', host.Lines));
    }

    private static TestHost Refusing(Type exception) => new() { Refusal = (Exception)Activator.CreateInstance(exception, "made-up")! };

    private static TestHost Unattended() => Refusing(typeof(InvalidOperationException));

    /// <summary>
    /// Runs rotations of which the second is refused; then the first is lost on the way, and the third is refused, too. What does not fail
    /// waits for that.
    /// </summary>
    /// <param name="script">The rotations.</param>
    /// <param name="host">The host; null for one without an interface.</param>
    /// <param name="count">How many applications there are.</param>
    /// <param name="inFlight">How many rotations are in flight before the first trouble.</param>
    /// <param name="delayMs">How long each response takes then.</param>
    private async Task<Pipeline> RunTroubledAsync(string script, TestHost? host, int count = 8, int inFlight = 4, int delayMs = 0)
    {
        var (refusal, troubles, others) = (NewGate(), NewGate(), NewGate());
        var fault = new Fault { Operation = Operation.Rotation, Times = 1, DelayMs = delayMs };
        AddFault(fault with
        {
            ApplicationId = "application-1",
            Moment = FaultMoment.AfterActing,
            Close = true,
            Until = troubles.Task,
        });
        AddFault(fault with { ApplicationId = "application-2", Status = 400, Until = refusal.Task });
        AddFault(fault with { ApplicationId = "application-3", Status = 404, Until = troubles.Task });
        AddFault(fault with { Times = int.MaxValue, Until = others.Task });
        var pipeline = NewPipeline(script, host, NewBatch(count));
        pipeline.Start();

        await SeenAsync(Operation.Rotation, inFlight);
        refusal.SetResult();
        // Where an error is to end the pipeline, it is known before the lost secret, so that is not repeated.
        await UntilAsync(() => IsTold(pipeline, host, "application-2"));
        troubles.SetResult();
        await UntilAsync(() => Troubled.All(application => IsTold(pipeline, host, application)));
        others.SetResult();
        await pipeline.RunAsync();
        return pipeline;
    }

    /// <summary>The trouble of an application is on a stream or on the host, if its rotation was sent.</summary>
    private bool IsTold(Pipeline pipeline, TestHost? host, string application) =>
        !Sent().Contains(application) || pipeline.Written.Concat(host?.Lines ?? []).Any(line => IsLike($"*{application}*", line));

    /// <summary>Whatever credentials the sandbox made came out, and they are the valid ones.</summary>
    private void AssertAllWritten(Pipeline ran, int failed)
    {
        Assert.Equal(Sent().Distinct().Count() - failed, ran.Output.Count);
        Assert.Equal(ran.Output.Count, ran.Rotations.Count);
        AssertValid(ran.Rotations);
    }
}
