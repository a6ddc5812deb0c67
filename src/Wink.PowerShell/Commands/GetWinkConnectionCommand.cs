using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>Shows who is signed in to Wink in this runspace, where and until when.</summary>
/// <remarks>
/// <para>Returns the current connection of this runspace, or nothing when there is none. It never shows a secret or a token.</para>
/// <note>The access token is renewed by itself; TokenExpiresAt is the end of the one at hand.</note>
/// </remarks>
/// <returns>The current connection: Environment, ApiUri, IamUri, ClientId, Scopes, ConnectedAt, TokenExpiresAt.</returns>
/// <example>
/// <title>Look before you act</title>
/// <code>Get-WinkConnection</code>
/// <para>Shows the environment, the client ID and the scopes of the current connection.</para>
/// </example>
/// <example>
/// <title>Connect only when needed</title>
/// <code>if (-not (Get-WinkConnection)) { Connect-Wink -EnvironmentVariable }</code>
/// <para>Signs in unless this runspace is signed in already.</para>
/// </example>
/// <seealso cref="ConnectWinkCommand"/>
/// <seealso cref="InvokeWinkCredentialRotationCommand"/>
/// <seealso>about_Wink</seealso>
[Cmdlet(VerbsCommon.Get, "WinkConnection")]
[OutputType(typeof(WinkConnection))]
public sealed class GetWinkConnectionCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (CurrentConnection.Get() is { Live.Client.IsSignedOut: false } connection)
            WriteObject(connection);
    }
}
