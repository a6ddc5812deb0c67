using System.Net.Http.Headers;

namespace Wink.Client;

/// <summary>Asks IAM to revoke an access token (RFC 7009).</summary>
internal sealed class TokenRevocation(Uri iam, HttpTransport http)
{
    /// <exception cref="WinkApiException">IAM refused.</exception>
    /// <exception cref="WinkTransportException">IAM gave no response.</exception>
    public async Task SendAsync(
        ClientCredential credential, AccessToken token, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        var request = new HttpRequest(
            new Uri($"{iam.AbsoluteUri.TrimEnd('/')}/oauth2/revoke"),
            headers => headers.Authorization = new AuthenticationHeaderValue("Basic", credential.BasicParameter()))
        {
            Form = [new("token", token.Value), new("token_type_hint", "access_token")],
        };
        using var response = await http.SendAsync(request, readBody: null, progress, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccess)
            throw response.Refusal();
    }
}
