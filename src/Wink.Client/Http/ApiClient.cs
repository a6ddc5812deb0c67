using System.Net;
using RestSharp;

namespace Wink.Client;

/// <summary>Sends the requests of Wink's API, with exactly the headers that its contract knows and a token in force.</summary>
internal sealed class ApiClient(Uri api, WireClient wire, TokenSource tokens)
{
    public const string ApplicationPath = "api/managing-entity/{managingEntityId}/application/{applicationId}";
    public const string RotationPath = $"{ApplicationPath}/revoke";

    private readonly string _root = api.AbsoluteUri.TrimEnd('/');

    /// <summary>Sends a request that may be repeated.</summary>
    public Task<WireAnswer> ReadAsync(
        string path, ApplicationReference application, IProgress<Exchange>? log, CancellationToken cancellationToken) =>
        AuthorizedAsync(
            token => wire.SendAsync(Request(path, application, token), ticket: null, log, cancellationToken), log, cancellationToken);

    /// <summary>Sends a request that holds a ticket.</summary>
    public Task<WireAnswer> SendOnceAsync(
        string path, ApplicationReference application, AccessToken token, SendTicket ticket, IProgress<Exchange>? log, CancellationToken cancellationToken) =>
        wire.SendAsync(Request(path, application, token), ticket, log, cancellationToken);

    /// <summary>Sends with a token in force. An answer of 401 proves that Wink did not act: the token is renewed and it is sent again, once.</summary>
    /// <exception cref="WinkException">There was no token to be had, or <paramref name="send"/> threw it.</exception>
    public async Task<WireAnswer> AuthorizedAsync(
        Func<AccessToken, Task<WireAnswer>> send, IProgress<Exchange>? log, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(log, cancellationToken).ConfigureAwait(false);
        var answer = await send(token).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.Unauthorized || !tokens.CanRenew)
            return answer;

        answer.Dispose();
        token = await tokens.RenewAsync(token, log, cancellationToken).ConfigureAwait(false);
        return await send(token).ConfigureAwait(false);
    }

    private RestRequest Request(string path, ApplicationReference application, AccessToken token) =>
        new RestRequest($"{_root}/{path}")
            .AddUrlSegment("managingEntityId", application.ManagingEntityId)
            .AddUrlSegment("applicationId", application.ApplicationId)
            .AddHeader("Accept", "application/json")
            .AddHeader("Wink-Version", "2.0")
            .AddHeader("Authorization", $"Bearer {token.Value}");
}
