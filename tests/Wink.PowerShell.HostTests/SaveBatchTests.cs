using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>When the credentials of a batch are saved, and what becomes of it when they are not.</summary>
public sealed class SaveBatchTests : SaveTestBase
{
    private const string Told =
        "*(application-1) was rotated, but its new credentials were not saved*stopped*in Get-WinkCredentialRotation in the runspace*";

    private readonly DirectoryInfo _escrow = Directory.CreateTempSubdirectory("wink-escrow-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _escrow.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task They_are_kept_and_in_escrow_before_they_are_saved_and_saved_before_they_are_verified_and_written()
    {
        AddEscrow();
        var pipeline = NewSaving($"{RotateAndSave} -Verify");
        var tokens = Seen(Operation.Token);
        var atSaving = (History: 0, Escrow: 0, Tokens: 0, Written: 0);
        Vault.Meanwhile = _ => atSaving =
            (HistoryAsync().GetAwaiter().GetResult().Count, Escrowed(), Seen(Operation.Token) - tokens, pipeline.Output.Count);

        await pipeline.RunAsync();

        Assert.Equal((1, 1, 0, 0), atSaving);
        Assert.Equal(tokens + 1, Seen(Operation.Token));
        var rotation = Assert.Single(pipeline.Rotations);
        Assert.True(rotation.Saved);
        Assert.True(rotation.Verified);
    }

    [Fact]
    public async Task An_application_whose_credentials_are_being_saved_is_not_rotated()
    {
        var pipeline = NewSaving("""
            Invoke-WinkCredentialRotation travel-tech application-1 @rotation -Confirm:$false -SaveWith {
                Invoke-WinkCredentialRotation travel-tech application-1 -Connection $wink
            }
            """);

        await pipeline.RunAsync();

        AssertLike("RotationNotSaved,*", Assert.Single(pipeline.Errors).FullyQualifiedErrorId);
        AssertLike("*(application-1) *already rotating it, or saving its new credentials.*", pipeline.Errors[0]);
        Assert.Equal(["application-1"], Sent());
        AssertValid(pipeline.Rotations);
    }

    [Theory]
    [InlineData("Remove-Item (Join-Path $rotation.EscrowPath *.cms)")]
    [InlineData("Set-Location Variable:")]
    public async Task What_the_rehearsal_does_to_files_and_locations_leaves_a_copy_in_escrow(string block)
    {
        AddEscrow();
        NewBatch(1);
        var copies = new List<int>();
        Vault.Meanwhile = _ => copies.Add(Escrowed());

        var ran = await RunAsync(
            $$"""
            Set-Location (Split-Path $rotation.EscrowPath)
            $rotation.EscrowPath = Join-Path . (Split-Path $rotation.EscrowPath -Leaf)
            $save = { $batch.Vault.Save($_); {{block}} }
            Invoke-WinkCredentialRotation travel-tech application-1 @rotation -Confirm:$false -CurrentCredential $batch.Current `
                -RehearseSave -SaveWith $save
            """,
            null,
            new { Vault, Current = ValidCredential(1) });

        Assert.Empty(ran.Errors);
        Assert.True(Assert.Single(ran.Rotations).Saved);
        Assert.Equal([0, 1], copies);
    }

    [Fact]
    public async Task While_one_is_being_saved_the_others_are_received_and_written_to_escrow()
    {
        AddEscrow();
        var response = NewGate();
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-3", Until = response.Task });
        var pipeline = NewSaving(
            $$"""{{Rotate}} -SaveWith { if ($_.ApplicationId -eq 'application-2') { $slow.Run() }; $batch.Vault.Save($_) }""", 3);
        pipeline.Start();
        await UntilAsync(() => Slow.WasCalled);
        await SeenAsync(Operation.Rotation, 3);

        response.SetResult();

        await UntilAsync(() => Escrowed() == 3);
        Assert.Equal(3, (await HistoryAsync()).Count);
        Assert.Single(Vault.Attempts);
        Slow.End();
        await pipeline.RunAsync();
        Assert.All(pipeline.Rotations, rotation => Assert.True(rotation.Saved));
        Assert.Equal(3, pipeline.Rotations.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Verify")]
    public async Task The_first_one_is_saved_and_verified_before_others_are_looked_up_and_sent(string verify)
    {
        var pipeline = NewSaving($"{RotateAndSave} {verify}", 4);
        var tokens = Seen(Operation.Token);
        var atSaving = new List<(int LookUps, int Sent, int Verified)>();
        Vault.Meanwhile = _ => atSaving.Add((Seen(Operation.Application), Sent().Count, Seen(Operation.Token) - tokens));

        await pipeline.RunAsync();

        Assert.Equal((1, 1, 0), atSaving[0]);
        Assert.Equal(verify.Length > 0 ? 1 : 0, atSaving[1].Verified);
        Assert.Equal(4, pipeline.Rotations.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task It_stops_after_the_first_one_that_is_not_saved(int limit)
    {
        RotationParameters["ThrottleLimit"] = limit;
        Vault.IsLocked = true;

        var ran = await SaveAsync(RotateAndSave, 8);

        Assert.Equal(["application-1"], Sent());
        var rotation = Assert.Single(ran.Rotations);
        Assert.False(rotation.Saved);
        AssertValid([rotation]);
        Assert.Single(Errors(ran, "RotationNotSaved"));
        var rest = Errors(ran, "RotationNotAttempted");
        Assert.Equal(7, rest.Count);
        AssertLike("*since the new credentials of application 'Application 1' (application-1) were not saved.", rest[0]);
        AssertNoSecret(AllText(ran));
    }

    [Theory]
    // What becomes read-only after the check for it, while the block runs or before that.
    [InlineData("", "$batch.Vault.Save($_); Set-Variable LASTEXITCODE 0 -Scope Global -Option ReadOnly")]
    [InlineData("", "$batch.Vault.Save($_); Set-Variable WhatIfPreference $false -Scope Global -Option ReadOnly")]
    [InlineData("Set-Variable LASTEXITCODE 0 -Scope Global -Option ReadOnly", "$batch.Vault.Save($_)")]
    public async Task It_stops_after_an_unexpected_exception_around_a_save_and_nothing_is_lost(string before, string block)
    {
        var ran = await SaveAsync(
            $$"""
            $batch.Applications | ForEach-Object { {{before}}; $_ } |
                Invoke-WinkCredentialRotation @rotation -Confirm:$false -SaveWith { {{block}} }
            """,
            8);

        var rotation = Assert.Single(ran.Rotations);
        Assert.False(rotation.Saved);
        AssertValid([rotation]);
        AssertValid([Assert.Single(await HistoryAsync())]);
        var error = Assert.Single(Errors(ran, "RotationNotSaved"));
        Assert.Same(rotation, error.TargetObject);
        AssertLike("*(client ID *): There was an unexpected SessionState*Exception.", error);
        var record = Assert.Single(ran.Streams.Information.Select(one => one.MessageData).OfType<RotationAuditRecord>());
        Assert.Equal((rotation.ClientId, false), (record.ClientId, record.Saved));
        Assert.Equal(["application-1"], Sent());
        Assert.Equal(7, Errors(ran, "RotationNotAttempted").Count);
        AssertNoSecret(AllText(ran));
    }

    [Fact]
    public async Task What_the_errors_of_the_block_quote_is_removed_also_after_an_unexpected_exception()
    {
        var ran = await SaveAsync(
            $$"""
            {{Rotate}} -SaveWith {
                Set-Variable LASTEXITCODE 0 -Scope Global -Option ReadOnly
                Write-Error "made-up refusal of $($_.Credential.GetNetworkCredential().Password)"
            }
            $Error | ForEach-Object { "$_ $($_.Exception)" }
            """);

        AssertNoSecret(AllText(ran));
    }

    [Fact]
    public async Task Preferences_are_restored_but_for_one_that_cannot_be()
    {
        var ran = await SaveAsync(
            $$"""
            $ErrorActionPreference = 'Continue'
            {{Rotate}} -SaveWith { Set-Variable PSNativeCommandUseErrorActionPreference $true -Scope Global -Option ReadOnly }
            "$global:ConfirmPreference $ConfirmPreference"
            """);

        Assert.Equal("High High", ran.Output[^1].BaseObject);
    }

    [Fact]
    public async Task A_vault_that_locks_in_the_middle_costs_nothing_and_what_the_errors_say_heals_all()
    {
        const int Count = 40;
        RotationParameters["ThrottleLimit"] = 8;
        var applications = NewBatch(Count);
        foreach (var (index, application) in applications.Index())
        {
            var current = ValidCredential(index + 1);
            application.Properties.Add(new PSNoteProperty("CurrentCredential", current));
            Vault.Save(new CredentialRotation($"application-{index + 1}", "travel-tech", current, DateTime.UtcNow));
        }

        var lost = new List<string>();
        Vault.Meanwhile = _ =>
        {
            Vault.IsLocked = Vault.Attempts.Count >= Count + 12;
            lost.AddRange(HeldByNobody(Count));
        };
        var broken = NewPipeline(RotateAndSave, new TestHost(), new { Vault, Applications = applications });
        await broken.RunAsync();

        var unsaved = Errors(broken, "RotationNotSaved");
        var rest = Errors(broken, "RotationNotAttempted");
        Assert.InRange(unsaved.Count, 1, 8);
        Assert.Equal(11, broken.Rotations.Count(rotation => rotation.Saved is true));
        Assert.Equal(unsaved.Count, broken.Rotations.Count(rotation => rotation.Saved is false));
        Assert.Equal(Count, broken.Rotations.Count + rest.Count);
        Assert.Equal(broken.Rotations.Count, Sent().Count);
        Assert.All(unsaved, error => AssertLike("*in Get-WinkCredentialRotation*", Advice(error)));
        AssertNoSecret(AllText(broken));

        // What the errors say.
        Vault.Meanwhile = null;
        Vault.IsLocked = false;
        var healed = NewPipeline(
            """
            foreach ($failed in $batch.Unsaved) { $batch.Vault.Save($failed.TargetObject) }
            $batch.Rest | ForEach-Object TargetObject |
                Invoke-WinkCredentialRotation @rotation -Confirm:$false -SaveWith { $batch.Vault.Save($_) }
            """,
            new TestHost(),
            new { Vault, Unsaved = unsaved, Rest = rest });
        await healed.RunAsync();

        Assert.Empty(healed.Errors);
        Assert.Empty(lost);
        Assert.Equal(Count, Sent().Distinct().Count());
        Assert.Equal(Count, Sent().Count);
        Assert.All(Enumerable.Range(1, Count), number => Assert.True(Vault.Holds($"application-{number}", Valid(number).Secret)));
    }

    [Fact]
    public async Task What_was_not_attempted_is_piped_back_with_its_current_credentials()
    {
        var applications = NewBatch(3);
        foreach (var (index, application) in applications.Index())
            application.Properties.Add(new PSNoteProperty("CurrentCredential", ValidCredential(index + 1)));

        Vault.IsLocked = true;
        var stopped = await RunAsync(RotateAndSave, null, new { Vault, Applications = applications });
        var rest = Errors(stopped, "RotationNotAttempted");
        Assert.Equal(2, rest.Count);
        // Somebody else rotates one: its credentials are checked again.
        Sandbox.State.Rotate("travel-tech", "application-3");
        Vault.IsLocked = false;

        var again = await RunAsync(RotateAndSave, null, new { Vault, Applications = rest.Select(error => error.TargetObject) });

        Assert.Equal(["application-2"], Applications(again.Rotations));
        Assert.Single(Errors(again, "CurrentCredentialRefused"));
    }

    [Fact]
    public async Task Stopped_before_it_saves_it_says_that_it_did_not_save_and_where_the_credentials_are()
    {
        var response = NewGate();
        AddFault(new Fault { Operation = Operation.Rotation, Until = response.Task });
        var host = new TestHost();
        var pipeline = NewSaving(RotateAndSave, host: host);
        pipeline.Start();
        await SeenAsync(Operation.Rotation);

        await StopInFlightAsync(pipeline, host, response);

        Assert.Empty(Vault.Attempts);
        await AssertToldAsync(host);
    }

    [Fact]
    public async Task Stopped_while_it_saves_it_says_that_it_did_not_save_and_where_the_credentials_are()
    {
        var host = new TestHost();
        var pipeline = NewSaving($$"""{{Rotate}} -SaveWith { $batch.Vault.Save($_); Start-Sleep 60 }""", host: host);
        pipeline.Start();
        await UntilAsync(() => Vault.Attempts.Count > 0);

        await pipeline.StopAsync();

        await AssertToldAsync(host);
    }

    [Theory]
    [InlineData("Select-Object -First 1")]
    [InlineData("ForEach-Object { $_; throw 'made-up' }")]
    public async Task What_is_in_flight_when_a_command_downstream_ends_it_is_saved_and_the_person_is_told(string downstream)
    {
        var responses = NewGate();
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-1" });
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-2", Until = responses.Task });
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-3", Until = responses.Task });
        var host = new TestHost();
        // The first one lets the others in, and is taken when they are in flight.
        var pipeline = NewSaving(
            $$"""{{RotateAndSave}} | Where-Object { $_.ApplicationId -ne 'application-1' } | {{downstream}}""", 3, host);
        pipeline.Start();
        await SeenAsync(Operation.Rotation, 3);

        responses.SetResult();
        await pipeline.RunAsync();

        Assert.Single(pipeline.Rotations);
        Assert.Equal(3, Vault.Attempts.Count);
        Assert.All(await HistoryAsync(), rotation => Assert.True(rotation.Saved));
        Assert.Contains(host.Lines, line => IsLike("*was rotated. Its new credentials are saved by -SaveWith, and in Get-Wink*", line));
    }

    [Fact]
    public async Task With_ErrorAction_Stop_the_object_comes_out_before_the_error_ends_the_pipeline()
    {
        Vault.IsLocked = true;

        var ran = await SaveAsync($"{RotateAndSave} -ErrorAction Stop", 4);

        Assert.True(ran.Threw);
        AssertLike("RotationNotSaved,*", ran.End?.FullyQualifiedErrorId);
        Assert.False(Assert.Single(ran.Rotations).Saved);
        Assert.Same(ran.Rotations[0], ran.End?.TargetObject);
        Assert.Equal(["application-1"], Sent());
    }

    /// <summary>The applications whose valid credentials are neither in the vault nor in the history, while nothing is in flight.</summary>
    private IEnumerable<string> HeldByNobody(int count)
    {
        // Those in flight are received, and kept, soon.
        IEnumerable<string> notHeld = [];
        SpinWait.SpinUntil(() => !(notHeld = NotHeld()).Any(), TimeSpan.FromSeconds(10));
        return notHeld;

        IEnumerable<string> NotHeld()
        {
            var kept = HistoryAsync().GetAwaiter().GetResult().Select(one => one.Credential.GetNetworkCredential().Password).ToHashSet();
            return [.. Enumerable.Range(1, count).Where(number =>
                !Vault.Holds($"application-{number}", Valid(number).Secret) && !kept.Contains(Valid(number).Secret))
                .Select(number => $"application-{number}")];
        }
    }

    private async Task AssertToldAsync(TestHost host)
    {
        var kept = Assert.Single(await HistoryAsync());
        Assert.False(kept.Saved);
        AssertValid([kept]);
        Assert.Single(host.Lines, line => IsLike(Told, line));
        Assert.Equal(["application-1"], Sent());
    }

    private void AddEscrow()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=made-up escrow", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyEncipherment, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.4.1.311.80.1")], critical: false));
        RotationParameters["EscrowPath"] = _escrow.FullName;
        RotationParameters["EscrowCertificate"] =
            request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    /// <summary>How many escrow files are filled. One that is reserved has a note in it.</summary>
    private int Escrowed() => _escrow.GetFiles("*.cms").Count(file =>
    {
        using var reader = new StreamReader(new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Contains("BEGIN CMS", StringComparison.Ordinal);
    });
}
