using System.Collections;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Wink.Client.Tests;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>
/// What a new user types and sees, from the demo to the recovery of credentials, in the PowerShell of the tool manifest with the module as
/// it was built. The terminal has 80 columns.
/// </summary>
public sealed partial class NewUserTests : ServerTestBase
{
    private const string LinuxOnly = "The pseudo-terminal is made with the C library of Linux.";

    private static readonly int FullLength = "client-0123456789abcdef".Length;

    private readonly string _folder = Directory.CreateTempSubdirectory("wink-").FullName;
    private SandboxApplication _operator = null!;

    public static bool IsNotLinux => !OperatingSystem.IsLinux();

    public override async ValueTask InitializeAsync()
    {
        _operator = await StartSandboxAsync();
        Sandbox.State.AddApplication("travel-tech", "booking-engine", "Booking engine", "account.read");
        Sandbox.State.AddApplication("travel-tech", "shop-b", "Shop (B)", "account.read");
        var shop = Sandbox.State.AddApplication("travel-tech", "shop-a", "Shop (A)", "account.read");

        await File.WriteAllLinesAsync(Path.Combine(_folder, "wink-shop.secret"), [shop.ClientId, shop.Secret], Cancellation);
        const string Restore = "Restore-WinkCredential.ps1";
        File.Copy(Path.Combine(Repository.Root, "examples", Restore), Path.Combine(_folder, Restore));
        await WriteCertificateAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact(Skip = LinuxOnly, SkipWhen = nameof(IsNotLinux))]
    public async Task The_path_of_a_new_user_shows_what_was_approved()
    {
        var response = NewGate();
        await using var session = Start();
        await session.PromptedAsync();

        await RunAsync("dotnet tool exec -y powershell -- -NoProfile tests/Wink.Sandbox/Demo.ps1");
        await RunAsync("cd $work");

        await RunAsync("Import-Module Wink.PowerShell");
        await session.TypeAsync("Connect-Wink");
        await session.AskedAsync("User: ");
        await session.TypeAsync(_operator.ClientId);
        await session.AskedAsync($"Password for user {_operator.ClientId}: ");
        await session.TypeAsync(_operator.Secret);
        await session.PromptedAsync();
        await RunAsync("Get-WinkConnection");

        await RunAsync("Get-WinkManagingEntity");
        await RunAsync("Get-WinkApplication");

        await RunAsync("Get-WinkApplication 'Book*' | Invoke-WinkCredentialRotation -WhatIf");
        await ConfirmAsync("$rotation = Invoke-WinkCredentialRotation travel-tech booking-engine");
        await RunAsync("$rotation");
        await RunAsync("Invoke-WinkCredentialRotation travel-tech bookingengine");
        await RunAsync("Get-WinkApplication 'Booking'");

        await RunAsync("$save = { Set-Secret wink-booking $_.Credential }");
        await ConfirmAsync("Invoke-WinkCredentialRotation travel-tech booking-engine -SaveWith $save");

        await RunAsync("$save = { Set-Secret wink-shop $_.Credential }");
        await RunAsync("$with = @{ CurrentCredential = Get-Secret wink-shop; SaveWith = $save }");
        await ConfirmAsync("Switch-WinkCredential travel-tech shop-a, shop-b @with");

        Sandbox.Faults.Add(new Fault { Operation = Operation.Rotation, Until = response.Task, Times = 1 });
        var sent = Seen(Operation.Rotation);
        await session.TypeAsync("Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false");
        await SeenAsync(Operation.Rotation, sent + 1);
        session.Interrupt();
        await session.SeenAsync("may have reached Wink already");
        response.SetResult();
        await session.PromptedAsync();
        await RunAsync("Get-WinkCredentialRotation");

        await RunAsync("$escrow = @{ EscrowPath = 'escrow'; EscrowCertificate = 'escrow.cer' }");
        await RunAsync("Invoke-WinkCredentialRotation travel-tech shop-a @escrow -Confirm:$false");
        await RunAsync("$key = Get-PfxCertificate escrow.pfx -NoPromptForPassword");
        await RunAsync("./Restore-WinkCredential.ps1 escrow -Certificate $key");

        // The demo has a sandbox of its own, whose secrets begin in the same way.
        foreach (var secret in (string[])["made-up-secret", "made-up-token", .. Sandbox.State.Secrets])
        {
            Assert.DoesNotContain(secret, session.Written.ReplaceLineEndings(""), StringComparison.Ordinal);
            Assert.DoesNotContain(secret, string.Concat(session.Lines), StringComparison.Ordinal);
        }

        Approved.Verify("NewUser", Transcript(session.Lines));

        async Task RunAsync(string line)
        {
            await session.TypeAsync(line);
            await session.PromptedAsync();
        }

        async Task ConfirmAsync(string line)
        {
            await session.TypeAsync(line);
            await session.AskedAsync("(default is \"Y\"):");
            await RunAsync("y");
        }
    }

    /// <summary>
    /// Starts PowerShell as the README does. Without PSReadLine, which draws each key anew, in colours, as it finds it in the history.
    /// </summary>
    private TerminalSession Start()
    {
        var wink = Sandbox.Http.GetLeftPart(UriPartial.Authority);
        var setUp = $$"""
            Remove-Module PSReadLine
            Import-Module ./tests/Wink.PowerShell.Tests/Doubles/Microsoft.PowerShell.SecretManagement
            $PSDefaultParameterValues = @{ 'Connect-Wink:ApiUri' = '{{wink}}'; 'Connect-Wink:IamUri' = '{{wink}}' }
            $env:PSModulePath = "$PWD/out:$env:PSModulePath"
            $work = $env:WINK_TEST_VAULT
            function prompt { "PS> {{TerminalScreen.EndOfPrompt}}" }
            """;
        string[] command = ["dotnet", "tool", "exec", "-y", "powershell", "--", "-NoLogo", "-NoProfile", "-NoExit", "-Command", setUp];
        return new TerminalSession(command, Repository.Root, NewEnvironment());
    }

    /// <summary>This process's, without what would show in the session.</summary>
    private Dictionary<string, string> NewEnvironment()
    {
        string[] others = ["PSModulePath", "POWERSHELL", "NO_COLOR", "WINK_", "MSBuild", "VSTEST", "DOTNET_HOST_PATH", "LC_", "LANG"];
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => (Name: (string)variable.Key, Value: (string?)variable.Value ?? ""))
            .Where(variable => !others.Any(other => variable.Name.StartsWith(other, StringComparison.OrdinalIgnoreCase)))
            .ToDictionary(variable => variable.Name, variable => variable.Value);
        environment["TERM"] = "xterm-256color";
        // Dates as .NET writes them where there is no language, always as long.
        environment["LC_ALL"] = "C.UTF-8";
        environment["TZ"] = "UTC";
        environment["DOTNET_NOLOGO"] = "1";
        environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        environment["POWERSHELL_UPDATECHECK"] = "Off";
        environment["WINK_TEST_VAULT"] = _folder;
        return environment;
    }

    /// <summary>For document encryption, and its private key.</summary>
    private async Task WriteCertificateAsync()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=made-up escrow", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyEncipherment, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.4.1.311.80.1")], critical: false));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(Path.Combine(_folder, "escrow.cer"), certificate.ExportCertificatePem(), Cancellation);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "escrow.pfx"), certificate.Export(X509ContentType.Pfx), Cancellation);
        Directory.CreateDirectory(Path.Combine(_folder, "escrow"));
    }

    /// <summary>
    /// As the person sees it, at the width of the terminal. What differs from run to run is replaced by something as long, before the lines
    /// are wrapped.
    /// </summary>
    private static string Transcript(IReadOnlyList<string> lines)
    {
        var text = string.Join('\n', lines).Replace(Repository.Root, "/wink", StringComparison.Ordinal);
        var clientIds = ClientId().Matches(text).Select(match => match.Value).Where(id => id.Length == FullLength).Distinct().ToList();
        // In a table they may be cut.
        text = ClientId().Replace(text, match =>
        {
            var number = clientIds.FindIndex(id => id.StartsWith(match.Value, StringComparison.Ordinal));
            return "client-".PadRight(match.Length, (char)('a' + number));
        });
        text = Port().Replace(text, "127.0.0.1:55555");
        text = Moment().Replace(text, match => Digit().Replace(match.Value, "0"));
        return string.Join('\n', text.Split('\n').SelectMany(Wrap));
    }

    private static IEnumerable<string> Wrap(string line) => line.Length == 0
        ? [line]
        : line.Chunk(TerminalSession.Columns).Select(row => new string(row).TrimEnd());

    [GeneratedRegex("client-[0-9a-f]{4,16}")]
    private static partial Regex ClientId();

    [GeneratedRegex(@"127\.0\.0\.1:\d{5}")]
    private static partial Regex Port();

    [GeneratedRegex(@"(\d\d/\d\d/\d{4} |\d{4}-\d\d-\d\d[ T])?\d\d:\d\d(:\d\d)?(\.\d+)?")]
    private static partial Regex Moment();

    [GeneratedRegex(@"\d")]
    private static partial Regex Digit();
}
