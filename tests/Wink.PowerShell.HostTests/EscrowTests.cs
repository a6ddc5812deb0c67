using System.Globalization;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>What happens to the escrow file, and to the pipeline, while a rotation is in flight.</summary>
public sealed partial class EscrowTests : HostTestBase
{
    private const string Rotate = "$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false";

    private const string NoWindows = "On Windows, an open file cannot be removed or replaced.";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("wink-escrow-");
    private readonly DirectoryInfo _folder;
    private readonly X509Certificate2 _holder = NewCertificate();

    public EscrowTests()
    {
        _folder = _root.CreateSubdirectory("escrow");
        RotationParameters["EscrowPath"] = _folder.FullName;
        RotationParameters["EscrowCertificate"] = _holder;
    }

    public static bool OnWindows => OperatingSystem.IsWindows();

    private string Elsewhere => Path.Combine(_root.FullName, "elsewhere");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _holder.Dispose();
        _root.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task It_does_without_the_certificate_object_that_it_was_given()
    {
        using var given = X509CertificateLoader.LoadCertificate(_holder.RawData);
        RotationParameters["EscrowCertificate"] = given;

        var ran = await RunInFlightAsync($"{Rotate} -ErrorAction Stop", _ => given.Dispose());

        Assert.Null(ran.End);
        var valid = Sandbox.State.FindApplication("travel-tech", "application-1")!;
        Assert.Equal(valid.Secret, Escrowed().GetProperty("secretKey").GetString());
    }

    [Fact(Skip = NoWindows, SkipWhen = nameof(OnWindows))]
    public async Task The_credentials_come_out_then_an_error_when_the_folder_vanished()
    {
        var ran = await RunInFlightAsync(Rotate, _ => _folder.Delete(recursive: true));

        AssertValid([Assert.Single(ran.Rotations)]);
        AssertLike("EscrowFailed,*", ran.Errors[0].FullyQualifiedErrorId);
    }

    [Theory(Skip = NoWindows, SkipWhen = nameof(OnWindows))]
    [InlineData("another file was moved over it")]
    [InlineData("a copy was moved over it")]
    [InlineData("it became a link to where it was moved")]
    [InlineData("a folder is in its place")]
    public async Task It_is_not_taken_for_written_where(string what)
    {
        var ran = await RunInFlightAsync(Rotate, file => Replace(file, what));

        AssertValid([Assert.Single(ran.Rotations)]);
        Assert.All(ran.Errors, error => AssertLike("EscrowFailed,*", error.FullyQualifiedErrorId));
        AssertLike("*removed, moved or replaced*", ran.Errors[0].ErrorDetails.Message);
        // It belongs to somebody else.
        Assert.Single(_folder.GetFileSystemInfos());
    }

    [Fact(Skip = NoWindows, SkipWhen = nameof(OnWindows))]
    public async Task A_reserved_file_says_when_what_where_and_the_client_ID_before()
    {
        var before = Sandbox.State.AddApplication("travel-tech", "noted", "Noted\e[31m", "account.read").ClientId;
        var note = "";

        await RunInFlightAsync(
            "Invoke-WinkCredentialRotation travel-tech noted @rotation -Confirm:$false",
            file => note = File.ReadAllText(file.FullName));

        AssertLike("*new credentials of application 'Noted*' (noted) of managing entity travel-tech in Custom (127.0.0.1*", note);
        Assert.DoesNotContain("\e", note, StringComparison.Ordinal);
        Assert.Contains($"Client ID at that time: {before}.", note, StringComparison.Ordinal);
        var time = DateTimeOffset.Parse(TimeShown().Match(note).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(DateTimeOffset.UtcNow - time < TimeSpan.FromMinutes(1));
    }

    [Fact(Skip = NoWindows, SkipWhen = nameof(OnWindows))]
    public async Task A_reserved_file_says_that_the_client_ID_before_is_not_known_where_it_could_not_be_read()
    {
        AddFault(new Fault { Operation = Operation.Application, Status = 403, Times = 1 });
        var note = "";

        await RunInFlightAsync(Rotate, file => note = File.ReadAllText(file.FullName));

        AssertLike("*Client ID at that time: not known.*Test-WinkCredential*", note);
    }

    [Theory(Skip = NoWindows, SkipWhen = nameof(OnWindows))]
    [InlineData(1)]
    [InlineData(4)]
    public async Task The_batch_stops_where_credentials_could_not_be_written_to_it(int limit)
    {
        var (first, others) = (NewGate(), NewGate());
        AddFault(new Fault { Operation = Operation.Rotation, ApplicationId = "application-1", Until = first.Task });
        AddFault(new Fault { Operation = Operation.Rotation, Until = others.Task });
        RotationParameters["ThrottleLimit"] = limit;
        var pipeline = NewPipeline(Rotate, null, NewBatch(12));
        pipeline.Start();

        await SeenAsync(Operation.Rotation, limit);
        _folder.GetFiles("wink-application-1-*").Single().Delete();
        first.SetResult();
        await UntilAsync(() => pipeline.Errors.Count > 0);
        others.SetResult();
        await pipeline.RunAsync();

        Assert.Equal(Ids(1, limit), Applications(pipeline.Rotations));
        AssertLike("EscrowFailed,*", pipeline.Errors[0].FullyQualifiedErrorId);
        var rest = pipeline.Errors.Skip(1).ToList();
        Assert.All(rest, error => AssertLike("RotationNotAttempted,*", error.FullyQualifiedErrorId));
        Assert.Equal(
            Ids(limit + 1, 12), rest.Select(error => PSObject.AsPSObject(error.TargetObject).Properties["ApplicationId"].Value));
        AssertLike(
            "*not attempted*credentials of application 'Application 1' (application-1) could not be written to escrow.*",
            rest[0].ErrorDetails.Message);
        Assert.Equal(Ids(1, limit), Sent());
    }

    [Theory(Skip = NoWindows, SkipWhen = nameof(OnWindows))]
    [InlineData("downstream wants no more", " | Select-Object -First 1")]
    [InlineData("it is stopped in flight", "")]
    [InlineData("it is stopped downstream", " | ForEach-Object { $_; Start-Sleep 60 }")]
    public async Task The_person_is_told_that_it_failed_where_the_streams_are_closed_as(string end, string downstream)
    {
        var response = NewGate();
        AddFault(new Fault { Operation = Operation.Rotation, Until = response.Task });
        var host = new TestHost();
        var pipeline = NewPipeline(Rotate + downstream, host, NewBatch(1));
        pipeline.Start();

        await SeenAsync(Operation.Rotation);
        _folder.GetFiles().Single().Delete();
        switch (end)
        {
            case "it is stopped in flight":
                await StopInFlightAsync(pipeline, host, response);
                break;
            case "it is stopped downstream":
                response.SetResult();
                await UntilAsync(() => pipeline.Output.Count > 0);
                await pipeline.StopAsync();
                break;
            default:
                response.SetResult();
                await pipeline.RunAsync();
                break;
        }

        Assert.Single(host.Lines, line => IsLike("*application-1*could not be written to escrow*save them now*", line));
    }

    [Fact]
    public async Task It_has_what_came_instead_when_a_response_names_another_application()
    {
        await UseQuietTimeAsync();
        AddFault(new Fault
        {
            Operation = Operation.Rotation,
            Status = 200,
            Body = """{"id":"another","clientId":"made-up-id","secretKey":"made-up-secret"}""",
            Times = 1,
        });

        await RunAsync(Rotate, null, NewBatch(1));

        var escrowed = Escrowed();
        Assert.Equal("another", escrowed.GetProperty("applicationId").GetString());
        Assert.Equal("made-up-secret", escrowed.GetProperty("secretKey").GetString());
        AssertLike("*rotation of application *(application-1)*named another application*", escrowed.GetProperty("doubt").GetString());
    }

    /// <summary>Does something to the escrow file after the request has arrived and before its response comes.</summary>
    private async Task<Pipeline> RunInFlightAsync(string script, Action<FileInfo> act)
    {
        var response = NewGate();
        AddFault(new Fault { Operation = Operation.Rotation, Until = response.Task });
        var pipeline = NewPipeline(script, null, NewBatch(1));
        pipeline.Start();
        await SeenAsync(Operation.Rotation);
        act(_folder.GetFiles().Single());
        response.SetResult();
        await pipeline.RunAsync();
        return pipeline;
    }

    private void Replace(FileInfo file, string what)
    {
        var path = file.FullName;
        switch (what)
        {
            case "another file was moved over it":
                File.WriteAllText(Elsewhere, "of somebody else");
                File.Move(Elsewhere, path, overwrite: true);
                break;
            case "a copy was moved over it":
                File.Copy(path, Elsewhere);
                File.SetLastWriteTimeUtc(Elsewhere, file.LastWriteTimeUtc);
                File.Move(Elsewhere, path, overwrite: true);
                break;
            case "it became a link to where it was moved":
                File.Move(path, Elsewhere);
                File.CreateSymbolicLink(path, Elsewhere);
                break;
            default:
                file.Delete();
                Directory.CreateDirectory(path);
                break;
        }
    }

    /// <summary>What the holder of the certificate finds in the only escrow file.</summary>
    private JsonElement Escrowed()
    {
        var text = File.ReadAllText(_folder.GetFiles("*.cms").Single().FullName);
        var message = new EnvelopedCms();
        message.Decode(Convert.FromBase64String(text[PemEncoding.Find(text).Base64Data]));
        message.Decrypt([_holder]);
        return JsonElement.Parse(message.ContentInfo.Content);
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=made-up escrow", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.DataEncipherment, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.4.1.311.80.1", "Document Encryption")], critical: false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static IEnumerable<string> Ids(int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(number => $"application-{number}");

    [GeneratedRegex(@"Time: (\S+) \(UTC\)")]
    private static partial Regex TimeShown();
}
