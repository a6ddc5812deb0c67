using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Wink.Sandbox;

/// <summary>Records each request, and applies the fault that was added for it, if any.</summary>
internal sealed class FaultMiddleware(RequestDelegate next, SandboxServer sandbox)
{
    private readonly ConcurrentDictionary<string, Queue<string>> _behind = new();

    /// <summary>In real time. No client takes so long, however busy the machine is.</summary>
    private static readonly TimeSpan LongestClose = TimeSpan.FromSeconds(20);

    /// <summary>Long enough that what comes before it is read first, and short beside what a client waits for a response.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public async Task InvokeAsync(HttpContext context)
    {
        using var hold = (sandbox.Time as QuietTime)?.Hold(TargetOf(context));
        var path = context.Request.Path.Value ?? "";
        var operation = OperationOf(path);
        sandbox.Journal.Add(new RecordedRequest(
            operation,
            context.Request.Method,
            $"{path}{context.Request.QueryString}",
            context.Request.Protocol,
            context.Request.Scheme,
            context.Connection.Id,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()),
            sandbox.Time.GetUtcNow().UtcDateTime));

        if (operation is not (Operation.Token or Operation.TokenRevocation) && sandbox.RateLimit?.Refuse() is { } seconds)
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
        else if (sandbox.Faults.Next(operation, path) is { } fault)
        {
            await ApplyAsync(context, fault);
        }
        else
        {
            await next(context);
        }
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
        fault.Afterwards?.Invoke();
        using (fault.LetsTimePass ? Release(context, isSilent: false) : null)
            await fault.Until.WaitAsync(context.RequestAborted);

        await WaitAsync(context, TimeSpan.FromMilliseconds(fault.DelayMs));
        if (fault.Reset)
        {
            context.Abort();
        }
        else if (fault.Raw is { } raw)
        {
            var pause = TimeSpan.Zero;
            foreach (var part in raw.Split(Fault.Pause))
            {
                await WaitAsync(context, pause);
                await SocketOf(context).SendAsync(Encoding.UTF8.GetBytes(response.FillIn(part)));
                pause = Pause;
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
            await context.Response.WriteAsync(OneBehind(key, response.FillIn("{response}")));
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
                await WaitAsync(context, Timeout.InfiniteTimeSpan);
        }
        else
        {
            await next(context);
        }
    }

    /// <summary>Waits as long as the client waits, too: time that stands still while a request is in progress goes on meanwhile.</summary>
    private async Task WaitAsync(HttpContext context, TimeSpan duration)
    {
        // The timer comes first: once released, the time may jump.
        var delay = Task.Delay(duration, sandbox.Time, context.RequestAborted);
        using (delay.IsCompleted ? null : Release(context, isSilent: true))
            await delay;
    }

    private IDisposable? Release(HttpContext context, bool isSilent) =>
        (sandbox.Time as QuietTime)?.Release(TargetOf(context), isSilent);

    private static string TargetOf(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

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
        context.Request.Path.Value!.Split('/') is [_, _, _, var entity, _, var id, ..] ? sandbox.State.FindApplication(entity, id) : null;

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
