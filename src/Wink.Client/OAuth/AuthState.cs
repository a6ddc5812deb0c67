namespace Wink.Client;

/// <summary>What one connection holds at one moment; it never changes, so that it can be exchanged as a whole.</summary>
/// <param name="credential">What tokens are got with; null when the token was given from outside.</param>
/// <param name="token">The token at hand, if any.</param>
internal sealed class AuthState(ClientCredential? credential, AccessToken? token)
{
    /// <summary>Nothing is held any more.</summary>
    public static readonly AuthState Ended = new(null, null);

    public ClientCredential? Credential => credential;

    public AccessToken? Token => token;
}
