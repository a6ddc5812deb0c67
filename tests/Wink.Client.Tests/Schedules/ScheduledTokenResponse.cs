using System.Net;
using System.Text;

namespace Wink.Client.Tests;

/// <summary>What becomes of a request for a token.</summary>
internal sealed class ScheduledTokenResponse(ModelOfWink wink, Exchange exchange, SimulatedConnection connection)
    : ScheduledResponse(wink, exchange, connection)
{
    public override void Send()
    {
        switch (Exchange.Fate)
        {
            case Fate.TokenUnavailable:
                Respond(Head(503, WebPage) + WebPage);
                break;
            case Fate.TokenLost:
                Close();
                break;
            default:
                var client = Encoding.UTF8.GetString(Convert.FromBase64String(Exchange.Authorization!)).Split(':');
                var isValid = Wink.Issues.Exists(issue =>
                    issue.RevokedAt is null && issue.ClientId == client[0] && issue.Secret == WebUtility.UrlDecode(client[1]));
                var body = isValid
                    ? $$"""{"access_token":"made-up-token-{{Exchange.Number}}","token_type":"Bearer","expires_in":3600}"""
                    : """{"error":"invalid_client"}""";
                Respond(Head(isValid ? 200 : 401, body) + body);
                break;
        }
    }
}
