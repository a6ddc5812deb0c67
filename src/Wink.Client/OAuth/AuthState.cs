namespace Wink.Client;

/// <summary>The credentials and the token of one connection at one moment. It is immutable, so that both are replaced together.</summary>
/// <param name="credential">The credentials that tokens are obtained with; null for a token that the caller obtained.</param>
/// <param name="token">The current token, if any.</param>
/// <param name="former">The client IDs of the credentials that these replaced.</param>
internal sealed class AuthState(ClientCredential? credential, AccessToken? token, params string[] former)
{
    /// <summary>The connection was ended: there are no credentials and no token.</summary>
    public static readonly AuthState SignedOut = new(null, null);

    public ClientCredential? Credential => credential;

    public AccessToken? Token => token;

    public string[] FormerClientIds => former;
}
