using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Wink.Sandbox;

/// <summary>The OAuth2 half of Wink: tokens by client credentials with HTTP Basic (RFC 6749), and their revocation (RFC 7009).</summary>
internal static class IamEndpoints
{
    public static void MapIam(this IEndpointRouteBuilder app, WinkState state)
    {
        app.MapPost("/oauth2/token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            if (Client(request, state) is not { } client)
                return Refuse(HttpStatusCode.Unauthorized, "invalid_client", "Client authentication failed");

            if (form["grant_type"] != "client_credentials")
                return Refuse(HttpStatusCode.BadRequest, "unsupported_grant_type", null);

            var scopes = form["scope"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (scopes.Except(client.Scopes).Any())
                return Refuse(HttpStatusCode.BadRequest, "invalid_scope", null);

            var response = new Dictionary<string, object>
            {
                ["access_token"] = state.IssueToken(scopes),
                ["token_type"] = "Bearer",
                ["scope"] = string.Join(' ', scopes),
            };
            if (state.TellsTokenLifetime)
                response["expires_in"] = state.TokenLifetimeSec;

            return Results.Json(response);
        });

        app.MapPost("/oauth2/revoke", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            if (Client(request, state) is null)
                return Refuse(HttpStatusCode.Unauthorized, "invalid_client", null);

            state.RevokeToken(form["token"].ToString());
            return Results.Ok();
        });
    }

    private static SandboxApplication? Client(HttpRequest request, WinkState state)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.Ordinal))
            return null;

        var credential = Encoding.UTF8.GetString(Convert.FromBase64String(header["Basic ".Length..])).Split(':');
        return credential.Length == 2 ? state.Authenticate(WebUtility.UrlDecode(credential[0]), WebUtility.UrlDecode(credential[1])) : null;
    }

    private static IResult Refuse(HttpStatusCode status, string error, string? description) => Results.Json(
        description is null
            ? new Dictionary<string, string> { ["error"] = error }
            : new Dictionary<string, string> { ["error"] = error, ["error_description"] = description },
        statusCode: (int)status);
}
