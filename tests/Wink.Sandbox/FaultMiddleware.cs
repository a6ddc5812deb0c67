using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Wink.Sandbox;

/// <summary>Records each request, and applies the fault that was added for it, if any.</summary>
internal sealed class FaultMiddleware(RequestDelegate next, Journal journal, FaultPlan faults, WinkState state)
{
    private readonly ConcurrentDictionary<string, Queue<string>> _behind = new();

    private static readonly TimeSpan LongestClose = TimeSpan.FromSeconds(2);

    /// <summary>Long enough that what comes before it is read first, and short beside what a client waits for a response.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public async Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        var operation = OperationOf(path);
        journal.Add(new RecordedRequest(
            operation,
            context.Request.Method,
            $"{path}{context.Request.QueryString}",
            context.Request.Protocol,
            context.Request.Scheme,
            context.Connection.Id,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString())));

        if (faults.Next(operation, path) is { } fault)
            await ApplyAsync(context, fault);
        else
            await next(context);
    }

    private async Task ApplyAsync(HttpContext context, Fault fault)
    {
        fault.Meanwhile?.Invoke();
        var oldClientId = Application(context)?.ClientId ?? "";
        var before = fault.Replays && Application(context) is { } old
            ? new { id = old.Id, clientId = old.ClientId, secretKey = old.Secret }
            : null;
        var response = new TrueResponse(
            fault.Moment == FaultMoment.AfterActing || fault.Behind is not null ? await ActWithoutResponseAsync(context) : "",
            context.Request.Path.Value!.Split('/').ElementAtOrDefault(5) ?? "",
            oldClientId);
        await fault.Until.WaitAsync(context.RequestAborted);
        await Task.Delay(fault.DelayMs, context.RequestAborted);
        if (fault.Reset)
        {
            context.Abort();
        }
        else if (fault.Raw is { } raw)
        {
            foreach (var (index, part) in raw.Split(Fault.Pause).Index())
            {
                await Task.Delay(index == 0 ? TimeSpan.Zero : Pause, context.RequestAborted);
                await SocketOf(context).SendAsync(Encoding.UTF8.GetBytes(response.FillIn(part)));
            }

            await CloseAsync(context);
        }
        else if (fault.Close)
        {
            await CloseAsync(context);
        }
        else if (fault.Behind is { } leg)
        {
            context.Response.ContentType = "application/json";
            var key = leg == FaultLeg.Connection ? context.Connection.Id : "";
            await context.Response.WriteAsync(OneBehind(key, response.FillIn("{answer}")));
        }
        else if (before is not null)
        {
            await context.Response.WriteAsJsonAsync(before);
        }
        else if (fault.Status is { } status)
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = fault.ContentType;
            foreach (var (name, value) in fault.Headers)
                context.Response.Headers[name] = value;

            if (fault.Body.Length > 0)
                await SendBodyAsync(context, fault, response.FillIn(fault.Body));

            if (fault.Stall)
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else
        {
            await next(context);
        }
    }

    private static async Task SendBodyAsync(HttpContext context, Fault fault, string body)
    {
        var bytes = fault.Codings.Aggregate(Encoding.UTF8.GetBytes(body), (content, coding) => ContentCodings.Apply(coding, content));
        if (fault.Codings.Count > 0 && !fault.HidesCodings)
            context.Response.Headers.ContentEncoding = string.Join(", ", fault.Codings.Select(ContentCodings.HeaderName));

        foreach (ref var end in bytes.AsSpan(bytes.Length - fault.Spoil))
            end ^= 0xFF;

        await context.Response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length - fault.Cut));
    }

    /// <summary>The response before this one on this connection; the first response is sent twice.</summary>
    private string OneBehind(string leg, string response)
    {
        var queue = _behind.GetOrAdd(leg, _ => new Queue<string>());
        lock (queue)
        {
            if (queue.Count == 0)
                queue.Enqueue(response);

            queue.Enqueue(response);
            return queue.Dequeue();
        }
    }

    private SandboxApplication? Application(HttpContext context) =>
        context.Request.Path.Value!.Split('/') is [_, _, _, var entity, _, var id, ..] ? state.FindApplication(entity, id) : null;

    /// <summary>Closes the connection by a FIN, after which .NET repeats a request. Kestrel's own Abort would reset it.</summary>
    private static async Task CloseAsync(HttpContext context)
    {
        SocketOf(context).Shutdown(SocketShutdown.Send);
        // The client closes in turn. An Abort before that could overtake the FIN.
        await Task.Delay(LongestClose, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Abort();
    }

    private static Socket SocketOf(HttpContext context) => context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;

    private async Task<string> ActWithoutResponseAsync(HttpContext context)
    {
        var body = context.Response.Body;
        using var response = new MemoryStream();
        context.Response.Body = response;
        await next(context);
        await context.Response.BodyWriter.FlushAsync();
        context.Response.Body = body;
        context.Response.Clear();
        return Encoding.UTF8.GetString(response.ToArray());
    }

    private static Operation OperationOf(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["oauth2", "token"] => Operation.Token,
        ["oauth2", "revoke"] => Operation.TokenRevocation,
        ["api", "managing-entity", "list"] => Operation.ManagingEntities,
        ["api", "managing-entity", _, "application", "list"] => Operation.Applications,
        ["api", "managing-entity", _, "application", _] => Operation.Application,
        ["api", "managing-entity", _, "application", _, "revoke"] => Operation.Rotation,
        _ => Operation.Other,
    };
}
