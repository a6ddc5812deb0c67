using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Ends a connection: its credential and token are forgotten, and IAM is asked to revoke the token.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "Wink")]
public sealed class DisconnectWinkCommand : WinkCmdlet
{
    /// <summary>The revocation is a courtesy: a cleanup must not hang on it.</summary>
    private static readonly TimeSpan LongestRevocation = TimeSpan.FromSeconds(10);

    /// <summary>The connection to end instead of the current one.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ConnectionTransformation]
    public WinkConnection? Connection { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var current = CurrentConnection.Get();
        var ended = Connection ?? current;
        if (ended == current)
            CurrentConnection.Clear();

        if (ended?.Live is not { Client: var client })
            return;

        try
        {
            Run((progress, cancellation) => SignOutAsync(client, progress, cancellation));
        }
        catch (Exception failure) when (failure is WinkException or OperationCanceledException)
        {
            Output.WriteVerbose(
                $"The connection to {ended} is ended, but its access token could not be revoked and expires by itself: {failure.Message}");
        }
    }

    private static async Task SignOutAsync(WinkClient client, IProgress<WinkEvent> progress, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(LongestRevocation);
        await client.SignOutAsync(progress, limit.Token).ConfigureAwait(false);
    }
}
