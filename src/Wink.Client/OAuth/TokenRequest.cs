using System.Net;
using System.Text.Json;
using System.Net.Http.Headers;

namespace Wink.Client;

/// <summary>Asks IAM for an access token: client credentials (RFC 6749 section 4.4), with HTTP Basic.</summary>
internal sealed class TokenRequest(Uri iam, HttpTransport http, ServerText text, TimeProvider time)
{
    /// <summary>
    /// A token is renewed this long before it expires, so that it does not expire in flight; a short-lived one after 9/10 of its lifetime.
    /// </summary>
    private static readonly TimeSpan LongestMargin = TimeSpan.FromSeconds(30);

    /// <summary>Of RFC 6749 sections 4.1.2.1 and 5.2.</summary>
    private static readonly string[] StandardErrors =
    [
        "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
        "access_denied", "server_error", "temporarily_unavailable",
    ];

    /// <returns>The token.</returns>
    /// <exception cref="WinkSignInException">IAM gave none.</exception>
    /// <exception cref="WinkTransportException">IAM gave no response.</exception>
    public async Task<AccessToken> SendAsync(
        ClientCredential credential, IReadOnlyList<string> scopes, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        text.Secrets.Add(credential);
        var request = new HttpRequest(
            new Uri($"{iam.AbsoluteUri.TrimEnd('/')}/oauth2/token"),
            headers => headers.Authorization = new AuthenticationHeaderValue("Basic", credential.BasicParameter()))
        {
            Form = [new("grant_type", "client_credentials"), new("scope", string.Join(' ', scopes))],
        };
        var requestedAt = time.GetUtcNow().UtcDateTime;
        using var response = await http.SendAsync(request, readBody: null, progress, cancellationToken).ConfigureAwait(false);
        var read = Read(response.Body);
        if (!response.IsSuccess || read?.AccessToken is not { } value || !AccessToken.IsValid(value))
            throw Refusal(response.Status, read, credential, scopes);

        var token = Token(value, read.ExpiresIn, requestedAt);
        text.Secrets.Add(token);
        return token;
    }

    private static AccessToken Token(string value, double? expiresIn, DateTime requestedAt)
    {
        if (expiresIn is not { } seconds)
            return new AccessToken(value, null, null);

        var lifetime = TimeSpan.FromSeconds(Math.Clamp(seconds, 0, TimeSpan.FromDays(365).TotalSeconds));
        var margin = lifetime / 10 < LongestMargin ? lifetime / 10 : LongestMargin;
        return new AccessToken(value, requestedAt + lifetime, requestedAt + lifetime - margin);
    }

    /// <remarks>It quotes nothing but a standard error code: IAM received the secret, and any other words may quote it.</remarks>
    private WinkSignInException Refusal(
        HttpStatusCode status, TokenResponse? response, ClientCredential credential, IReadOnlyList<string> scopes)
    {
        var error = Array.Find(StandardErrors, standard => standard == response?.Error);
        var message = error switch
        {
            "invalid_client" => $"IAM at {iam.Authority} refused {credential} and its secret.",
            "invalid_scope" => $"IAM at {iam.Authority} does not grant {credential} the scope '{string.Join(' ', scopes)}'.",
            not null => $"IAM at {iam.Authority} gave {credential} no access token: {error}.",
            null => $"IAM at {iam.Authority} gave {credential} no access token: it responded with {(int)status} and no standard error.",
        };
        return new WinkSignInException(status, error, message);
    }

    private static TokenResponse? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ApiJson.Default.TokenResponse);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
