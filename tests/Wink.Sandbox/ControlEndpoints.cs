using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Wink.Sandbox;

/// <summary>A test in another process reads the sandbox's state and adds faults here. These requests are not in the journal.</summary>
internal static class ControlEndpoints
{
    public const string Root = "/sandbox";

    public static void MapSandboxControl(this IEndpointRouteBuilder app, SandboxServer sandbox)
    {
        var control = app.MapGroup(Root);
        control.MapGet("/requests", () => sandbox.Journal.Requests);
        control.MapGet("/tunnels", () => sandbox.Proxy.RequestLines);
        control.MapGet("/applications/{entity}/{id}", (string entity, string id) => sandbox.State.FindApplication(entity, id));
        control.MapPut("/applications/{entity}/{id}", (string entity, string id, HttpRequest request) =>
            sandbox.State.AddApplication(entity, id, request.Query["name"].ToString(), request.Query["scopes"].ToString().Split(' ')));
        control.MapPut("/managing-entities/{id}", (string id, string name, string type) =>
            sandbox.State.AddManagingEntity(new SandboxManagingEntity(id, name, type)));
        control.MapPost("/applications/{entity}", (string entity, int count) =>
        {
            foreach (var number in Enumerable.Range(1, count))
                sandbox.State.AddApplication(entity, $"application-{number}", $"Application {number}", "account.read");
        });
        control.MapGet("/secrets", () => sandbox.State.Secrets);
        control.MapGet("/cells", () => FaultMatrix.Cells.Select(
            cell => new { name = cell.Key, ends = cell.Value.Outcome, requests = cell.Value.Requests }));
        control.MapPost("/cells", (string name, string applicationId) =>
            sandbox.Faults.Add(FaultMatrix.Cells[name].Fault with { ApplicationId = applicationId }));
        control.MapPost("/faults", (Fault fault) => sandbox.Faults.Add(fault));
        control.MapGet("/rate-limit", () => sandbox.RateLimit);
        control.MapPut("/rate-limit", (double perMinute, int burst, double pauseSec) =>
        {
            sandbox.RateLimit = new SandboxRateLimit(perMinute, burst, TimeSpan.FromSeconds(pauseSec), sandbox.Time);
        });
        control.MapPost("/tokens", (string scopes) => Results.Text(sandbox.State.IssueToken(scopes.Split(' '))));
        control.MapDelete("/tokens", sandbox.State.RevokeAllTokens);
        control.MapPost("/reset", () =>
        {
            sandbox.Journal.Clear();
            sandbox.Faults.Clear();
            sandbox.RateLimit = null;
        });
    }
}
