using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Wink.Sandbox;

/// <summary>The API half of Wink: managing entities, applications, and the rotation.</summary>
internal static class ApiEndpoints
{
    public static void MapApi(this IEndpointRouteBuilder app, WinkState state)
    {
        var api = app.MapGroup("/api/managing-entity").AddEndpointFilter(async (context, next) =>
            Refusal(context.HttpContext.Request, state) is { } refusal ? refusal : await next(context));

        api.MapGet("/list", (string? type) => state.ManagingEntities
            .Where(entity => string.IsNullOrEmpty(type) || entity.Type == type)
            .Select(entity => new
            {
                id = entity.Id,
                name = entity.Name,
                type = entity.Type,
                status = entity.Status,
                managers = new[] { new { no = "client reads it" } },
            }));

        api.MapGet("/{entity}/application/list", (string entity) => state.ApplicationsOf(entity).Select(Description));

        api.MapGet("/{entity}/application/{id}", (string entity, string id) =>
            state.FindApplication(entity, id) is { } found ? Results.Json(Description(found)) : NotFound(id));

        api.MapGet("/{entity}/application/{id}/revoke", (string entity, string id) =>
            state.Rotate(entity, id) is { } rotated
                ? Results.Json(new { id = rotated.Id, clientId = rotated.ClientId, secretKey = rotated.Secret })
                : NotFound(id));
    }

    private static object Description(SandboxApplication application) => new
    {
        id = application.Id,
        name = application.Name,
        clientId = application.ClientId,
        userIdentifier = "user-of-the-sandbox",
        scopes = application.Scopes,
        ownerIdentifier = $"owner-of-{application.ManagingEntityId}",
        somethingNew = new { that = "no client knows" },
    };

    private static IResult? Refusal(HttpRequest request, WinkState state)
    {
        if (request.Headers.Accept != "application/json" || request.Headers["Wink-Version"] != "2.0")
            return Problem(HttpStatusCode.BadRequest, "Bad Request", "Accept must be application/json and Wink-Version must be 2.0");

        var header = request.Headers.Authorization.ToString();
        var scopes = header.StartsWith("Bearer ", StringComparison.Ordinal) ? state.ScopesOf(header["Bearer ".Length..]) : null;
        if (scopes is null)
            return Problem(HttpStatusCode.Unauthorized, "Unauthorized", "The access token is unknown or has expired");

        var needed = request.Path.Value!.EndsWith("/revoke", StringComparison.Ordinal) ? "account.write" : "account.read";
        return scopes.Contains(needed) ? null : Problem(HttpStatusCode.Forbidden, "Forbidden", $"The scope {needed} is needed");
    }

    private static IResult NotFound(string id) => Problem(HttpStatusCode.NotFound, "Not Found", $"There is no application {id}");

    private static IResult Problem(HttpStatusCode status, string title, string detail) => Results.Json(
        new { type = "about:blank", title, status = (int)status, detail },
        contentType: "application/problem+json",
        statusCode: (int)status);
}
