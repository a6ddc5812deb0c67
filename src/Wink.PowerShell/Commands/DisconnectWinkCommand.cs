using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Ends a connection to Wink.</summary>
/// <remarks>
/// <para>
/// Removes the credential and the access token of a connection, and asks Wink's IAM to revoke the token. The connection cannot be used any
/// more, wherever it is held; other connections go on.
/// </para>
/// <para>
/// What is under way on other threads still gets its response. The rotations that were made stay in Get-WinkCredentialRotation until the
/// runspace ends. Without a connection it does nothing, so that it can stand in a finally block.
/// </para>
/// <para>
/// The revocation is tried for 10 seconds at most. Where it fails, the verbose stream says so; the token then ends by itself. A token that
/// was given by -AccessToken is only forgotten.
/// </para>
/// <note>
/// This never fails. Where IAM cannot be asked to revoke the token, the verbose stream says so, and the token ends by itself.
/// </note>
/// </remarks>
/// <example>
/// <title>Sign out</title>
/// <code>Disconnect-Wink</code>
/// <para>Ends the current connection of the runspace.</para>
/// </example>
/// <example>
/// <title>In a script</title>
/// <code>
/// try {
///     Connect-Wink -EnvironmentVariable
///     Get-WinkManagingEntity
/// }
/// finally {
///     Disconnect-Wink
/// }
/// </code>
/// <para>Whatever happens, no token is left valid.</para>
/// </example>
/// <example>
/// <title>One of several</title>
/// <code>Disconnect-Wink -Connection $staging</code>
/// <para>Ends that connection. The current one, if it is another, goes on.</para>
/// </example>
/// <seealso cref="ConnectWinkCommand"/>
/// <seealso cref="GetWinkConnectionCommand"/>
/// <seealso>about_Wink</seealso>
[Cmdlet(VerbsCommunications.Disconnect, "Wink")]
public sealed class DisconnectWinkCommand : WinkCmdlet
{
    /// <summary>The revocation may fail, so a cleanup must not wait long for it.</summary>
    private static readonly TimeSpan LongestRevocation = TimeSpan.FromSeconds(10);

    /// <summary>The connection to end, as Connect-Wink -PassThru or Get-WinkConnection returned it.</summary>
    /// <value>the current connection of the runspace</value>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ConnectionTransformation]
    [ValidateNotNull]
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
            Output.WriteVerbose($"The connection to {ended} is ended.");
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
