using System.Management.Automation;
using System.Text;
using System.Text.Json;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>A test of -SaveWith. Its scripts have $batch.Vault, and $batch.Applications to pipe.</summary>
public abstract class SaveTestBase : HostTestBase
{
    /// <summary>Set-Fake of a script module, which saves, or fails and lets its caller go on.</summary>
    protected const string Module = """
        $null = New-Module {
            function Set-Fake {
                [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')] param($Rotation, $Vault, [switch] $Fail)
                if ($Fail) { Write-Error 'made-up refusal'; return }
                if ($PSCmdlet.ShouldProcess('vault')) { $Vault.Save($Rotation) }
            }
        }

        """;

    protected const string Rotate = "$batch.Applications | Invoke-WinkCredentialRotation @rotation -Confirm:$false";

    protected const string RotateAndSave = $$"""{{Rotate}} -SaveWith { $batch.Vault.Save($_) }""";

    protected Vault Vault { get; } = new();

    protected Pipeline NewSaving(string script, int count = 1, TestHost? host = null) =>
        NewPipeline(script, host, new { Vault, Applications = NewBatch(count) });

    protected async Task<Pipeline> SaveAsync(string script, int count = 1, TestHost? host = null)
    {
        var pipeline = NewSaving(script, count, host);
        await pipeline.RunAsync();
        return pipeline;
    }

    protected SandboxApplication Valid(int number) => Sandbox.State.FindApplication("travel-tech", $"application-{number}")!;

    protected PSCredential ValidCredential(int number) => NewCredential(Valid(number).ClientId, Valid(number).Secret);

    protected static IReadOnlyList<ErrorRecord> Errors(Pipeline pipeline, string id) =>
        [.. pipeline.Errors.Where(error => IsLike($"{id},*", error.FullyQualifiedErrorId))];

    /// <summary>It is the only error, and nothing was sent.</summary>
    protected void AssertRefused(Pipeline pipeline, string id, string says)
    {
        var error = Assert.Single(pipeline.Errors);
        AssertLike($"{id},*", error.FullyQualifiedErrorId);
        AssertLike(says, $"{error}".Replace('\n', ' '));
        Assert.Empty(Sent());
    }

    /// <summary>No secret that Wink ever issued is in the text, as it is, in base64 or in JSON.</summary>
    protected void AssertNoSecret(string text)
    {
        foreach (var secret in Sandbox.State.Secrets)
        {
            string[] forms = [secret, Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), JsonEncodedText.Encode(secret).Value];
            foreach (var form in forms)
                Assert.DoesNotContain(form, text, StringComparison.Ordinal);
        }
    }

    /// <summary>All that a pipeline wrote to its streams, with all that its errors carry.</summary>
    protected static string AllText(Pipeline pipeline, TestHost? host = null) => string.Join('\n', new IEnumerable<object>[]
    {
        pipeline.Output.ToList(),
        pipeline.Errors.Select(error => $"{error} {error.Exception} {error.ErrorDetails} {error.TargetObject} {error.ScriptStackTrace}"),
        pipeline.Streams.Warning.ToList(),
        pipeline.Streams.Verbose.ToList(),
        pipeline.Streams.Debug.ToList(),
        pipeline.Streams.Information.ToList(),
        host?.Lines ?? [],
    }.SelectMany(stream => stream));
}
