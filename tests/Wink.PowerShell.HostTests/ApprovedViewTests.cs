using System.Management.Automation;
using System.Net;

namespace Wink.PowerShell.HostTests;

/// <summary>The tables, lists, CSV, JSON and sentences of each output type, as they were approved.</summary>
public sealed class ApprovedViewTests : HostTestBase
{
    private static readonly DateTime At = new(2026, 11, 28, 17, 40, 7, DateTimeKind.Utc);
    private static readonly string Views = Path.Combine(Repository.Root, "out", "Wink.PowerShell", "Wink.PowerShell.Format.ps1xml");
    private const string Id = "1b0c2b0e-6d0f-4c57-9a53-5a3d0f4f7f21";
    private const string ClientIdNow = "8c1d5e7a-0b2f-4d3c-a1e6-9f7b3c5d2e10";
    private const string Name = "Booking engine of the Grand Hotel";

    [Fact]
    public async Task They_look_as_they_were_approved()
    {
        var text = new List<string>();
        foreach (var (what, values) in Samples())
        {
            foreach (var how in (string[])
                [
                    "$batch | Format-Table | Out-String -Width 80", "$batch | Format-Table | Out-String -Width 120",
                    "$batch | Format-Table | Out-String -Width 160", "$batch | Format-List | Out-String -Width 80",
                    "$batch | Out-String -Width 80", "$batch | ConvertTo-Csv | Out-String -Width 500",
                    "$batch | ConvertTo-Json -Depth 3 -WarningAction Ignore", "$batch | ForEach-Object { \"$_\" } | Out-String -Width 500",
                ])
            {
                var ran = await RunAsync(
                    $"$PSStyle.OutputRendering = 'PlainText'; Update-FormatData -AppendPath '{Views}'; {how}", null, values);
                Assert.Empty(ran.Errors);
                var shown = string.Join('\n', ran.Output).ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd());
                text.Add($"## {what}: {how}\n{string.Join('\n', shown).Trim('\n')}");
            }
        }

        Approved.Verify("Views", string.Join("\n\n", text));
    }

    private static IEnumerable<(string What, object[] Values)> Samples()
    {
        var credential = new PSCredential(ClientIdNow, new NetworkCredential("", "made-up").SecurePassword);
        string[] scopes = ["account.read", "account.write"];
        yield return (
            "WinkConnection",
            [new WinkConnection("Staging", new("https://staging-api.wink.travel"), new("https://iam.example"), ClientIdNow, scopes, At)]);
        yield return (
            "WinkManagingEntity",
            [
                new WinkManagingEntity(Id, "Grand Hotel by the Sea", "HOTEL", "ACTIVE"),
                new WinkManagingEntity("travel-tech", "Travel Tech", "TRAVEL_AGENT", "ACTIVE"),
            ]);
        yield return (
            "WinkApplication",
            [
                new WinkApplication(
                    "travel-tech", Id, Name, ClientIdNow, scopes, ["https://a.example/in"], ["https://a.example/out"], "owner", "Grand"),
                new WinkApplication("travel-tech", "reports", "Reports", "client-reports"),
            ]);
        yield return (
            "CredentialRotation",
            [
                new CredentialRotation(Id, "travel-tech", credential, At, Name, "client-old"),
                new CredentialRotation(Id, "travel-tech", credential, At, Name, "client-old", verified: true, saved: true),
                new CredentialRotation("reports", "travel-tech", credential, At, verified: false, saved: false),
                new CredentialRotation("another", "travel-tech", credential, At, doubt: "The response named another application."),
                new CredentialRotation("reports", "travel-tech", credential, At, isRehearsal: true),
            ]);
        yield return (
            "RotationAuditRecord",
            [
                new RotationAuditRecord
                {
                    At = At,
                    Environment = "Production (api.wink.travel)",
                    SignedInAs = "client-me",
                    ManagingEntityId = "travel-tech",
                    ApplicationId = Id,
                    Outcome = "Rotated",
                    PreviousClientId = "client-old",
                    ClientId = ClientIdNow,
                    Saved = true,
                    Verified = true,
                },
            ]);
    }
}
