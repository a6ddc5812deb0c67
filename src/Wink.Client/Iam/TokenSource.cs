using System.Net;
using System.Security;
using System.Text;
using System.Text.Json;
using RestSharp;

namespace Wink.Client;

/// <summary>Holds the access token of one connection and renews it: once, however many ask for it at the same time.</summary>
internal sealed class TokenSource : IDisposable
{
    /// <summary>A token is renewed this long before it ends, so that it can't end on the way; a short-lived one after 9/10 of its life.</summary>
    private static readonly TimeSpan LongestMargin = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _renewal = new(1, 1);
    private readonly WireClient _wire;
    private readonly WinkClientOptions _options;
    private AccessToken? _current;

    public TokenSource(WireClient wire, WinkClientOptions options)
    {
        _wire = wire;
        _options = options;
        if (options.AccessToken is { } given)
            _current = new AccessToken(PlainText(given), null, null);
    }

    /// <summary>The token at hand, if any.</summary>
    public AccessToken? Current => Volatile.Read(ref _current);

    /// <summary>False when the token was given from outside, so that only its giver can renew it.</summary>
    public bool CanRenew => _options.Credential is not null;

    /// <summary>A token that is good for at least the next moments.</summary>
    /// <exception cref="WinkSignInException">IAM refused.</exception>
    /// <exception cref="WinkTransportException">IAM gave no answer.</exception>
    public Task<AccessToken> GetAsync(IProgress<Exchange>? log, CancellationToken cancellationToken) =>
        Current is { IsFresh: true } token ? Task.FromResult(token) : RenewAsync(Current, log, cancellationToken);

    /// <summary>Another token than <paramref name="spent"/>: the one that somebody else just got, or a new one.</summary>
    /// <inheritdoc cref="GetAsync" path="/exception"/>
    public async Task<AccessToken> RenewAsync(AccessToken? spent, IProgress<Exchange>? log, CancellationToken cancellationToken)
    {
        await _renewal.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Current is { } current && current != spent)
                return current;

            var renewed = await RequestAsync(log, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _current, renewed);
            return renewed;
        }
        finally
        {
            _renewal.Release();
        }
    }

    public void Dispose() => _renewal.Dispose();

    private async Task<AccessToken> RequestAsync(IProgress<Exchange>? log, CancellationToken cancellationToken)
    {
        var credential = _options.Credential ?? throw new InvalidOperationException("A given token can't be renewed.");
        var request = new RestRequest(new Uri($"{_options.Endpoints.Iam.AbsoluteUri.TrimEnd('/')}/oauth2/token"), Method.Post);
        request.AddHeader("Accept", "application/json");
        request.AddHeader("Authorization", $"Basic {BasicParameter(credential)}");
        request.AddParameter("grant_type", "client_credentials");
        request.AddParameter("scope", string.Join(' ', _options.Scopes));

        var requestedAt = DateTime.UtcNow;
        using var answer = await _wire.SendAsync(request, ticket: null, log, cancellationToken).ConfigureAwait(false);
        var read = Read(answer.Body);
        if (!answer.IsSuccess || read?.AccessToken is not { Length: > 0 } value)
            throw Refusal(answer.Status, read, credential);

        if (read.ExpiresIn is not { } seconds)
            return new AccessToken(value, null, null);

        var life = TimeSpan.FromSeconds(Math.Clamp(seconds, 0, TimeSpan.FromDays(365).TotalSeconds));
        var margin = life / 10 < LongestMargin ? life / 10 : LongestMargin;
        return new AccessToken(value, requestedAt + life, requestedAt + life - margin);
    }

    private WinkSignInException Refusal(HttpStatusCode status, TokenAnswer? answer, ClientCredential credential)
    {
        var iam = _options.Endpoints.Iam.Authority;
        var words = TerminalText.OneLine(answer?.ErrorDescription) is { } description ? $" ({description})" : "";
        var message = answer?.Error switch
        {
            "invalid_client" => $"IAM at {iam} refused {credential} and its secret{words}.",
            "invalid_scope" => $"IAM at {iam} does not grant {credential} the scope '{string.Join(' ', _options.Scopes)}'{words}.",
            { } error => $"IAM at {iam} gave {credential} no access token: {TerminalText.OneLine(error)}{words}.",
            null => $"IAM at {iam} gave {credential} no access token: it answered {(int)status} without a reason.",
        };
        return new WinkSignInException(status, answer?.Error, message);
    }

    private static TokenAnswer? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, WireJson.Default.TokenAnswer);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>RFC 6749 section 2.3.1: each part is form-urlencoded before the two are joined; else '+', '%', ':' or '/' break the pair.</summary>
    private static string BasicParameter(ClientCredential credential) => Convert.ToBase64String(Encoding.ASCII.GetBytes(
        $"{WebUtility.UrlEncode(credential.ClientId)}:{WebUtility.UrlEncode(PlainText(credential.Secret))}"));

    private static string PlainText(SecureString secret) => new NetworkCredential("", secret).Password;
}
