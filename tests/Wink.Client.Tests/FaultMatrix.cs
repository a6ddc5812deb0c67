using Wink.Sandbox;
using static Wink.Sandbox.FaultMoment;

namespace Wink.Client.Tests;

/// <summary>What can happen to a rotation, how it must end, and how many rotations the server must see.</summary>
public static class FaultMatrix
{
    /// <summary>The fault strikes once where Times says nothing else; what is sent after it gets the true answer.</summary>
    public static IReadOnlyDictionary<string, (Fault Fault, RotationOutcome? Outcome, int Requests)> Cells { get; } = Build();

    private static Dictionary<string, (Fault, RotationOutcome?, int)> Build()
    {
        var cells = new Dictionary<string, (Fault, RotationOutcome?, int)>();

        // Whatever says nothing of what became of the rotation: found out by the client id, so it matters only whether Wink acted.
        Unclear("closed", new() { Operation = Operation.Rotation, Close = true });
        Unclear("reset", new() { Operation = Operation.Rotation, Reset = true });
        Unclear("half a status line", Raw("HTTP/1.1 2"));
        Unclear("not HTTP", Raw("\0\u0001made-up rubbish\r\n\r\n"));
        Unclear("headers cut short", Raw("HTTP/1.1 200 OK\r\nContent-Ty"));
        Unclear("body cut short", Raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{half}"));
        Unclear("chunked body cut short", Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n{\"id\":\"booking-engin"));
        foreach (var status in new[] { 500, 502, 503, 504 })
            Unclear($"{status}", Answer(status, "<html>made-up gateway</html>"));

        foreach (var status in new[] { 301, 302, 303, 307, 308 })
            Unclear($"{status} to itself", Answer(status, "") with { Headers = new Dictionary<string, string> { ["Location"] = "revoke" } });

        Unclear("HTML with 200", Answer(200, "<html>login</html>"));
        Unclear("204", Answer(204, ""));
        Unclear("empty body", Answer(200, ""));
        Unclear("empty secretKey", Answer(200, """{"id":"booking-engine","clientId":"new","secretKey":""}"""));
        Unclear("null secretKey", Answer(200, """{"id":"booking-engine","clientId":"new","secretKey":null}"""));
        Unclear("missing secretKey", Answer(200, """{"id":"booking-engine","clientId":"new"}"""));
        Unclear("broken JSON", Answer(200, """{"id":"booking-engine","clientId":]"""));
        Unclear("array", Answer(200, "[{answer}]"));
        Unclear("8 MiB of body", Answer(200, new string(' ', 8 * 1024 * 1024)));
        Unclear("silence", new() { Operation = Operation.Rotation, DelayMs = 20_000, Times = 1 });

        // A pair that came whole is taken, however it is wrapped.
        Rotated("body cut short after the pair", Raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{answer}"));
        Rotated("another id", Answer(200, """{"id":"another","clientId":{clientId},"secretKey":{secretKey}}"""));
        Rotated("byte-order mark", Answer(200, "\uFEFF{answer}"));
        Rotated("JSON escapes", Answer(200, """{"secretKey":{escapedSecretKey},"clientId":{clientId}}"""));
        Rotated("wrong media type", Answer(200, "{answer}") with { ContentType = "text/html; charset=iso-8859-1" });
        Rotated("201", Answer(201, "{answer}"));
        Rotated("slow", new() { Operation = Operation.Rotation, DelayMs = 300 });

        // An answer of 4xx says that Wink did not act.
        Rejected("400", Answer(400, """{"detail":"made-up"}"""));
        Rejected("403 as JSON", Answer(403, """{"title":"Forbidden"}"""));
        Rejected("403 as HTML", Answer(403, "<html>made-up firewall</html>"));
        Rejected("404", Answer(404, "{}"));
        Rejected("429 without a time", Answer(429, ""));
        Rejected("429 for an hour", Waiting("3600"));
        cells["401 once"] = (Answer(401, ""), null, 2);
        cells["401 for ever"] = (Answer(401, "") with { Times = int.MaxValue }, RotationOutcome.Rejected, 2);
        cells["429 once"] = (Waiting("1"), null, 2);
        cells["429 until a date that has passed"] = (Waiting("Mon, 01 Jan 2024 00:00:00 GMT"), null, 2);
        cells["429 for ever"] = (Waiting("0") with { Times = int.MaxValue }, RotationOutcome.Rejected, 4);
        cells["closed after acting, for ever"] =
            (new() { Operation = Operation.Rotation, Moment = AfterActing, Close = true }, RotationOutcome.SecretLost, 3);
        return cells;

        void Unclear(string name, Fault fault)
        {
            cells[$"{name}, before acting"] = (fault with { Times = 1 }, RotationOutcome.NotConfirmed, 1);
            cells[$"{name}, after acting"] = (fault with { Times = 1, Moment = AfterActing }, null, 2);
        }

        void Rotated(string name, Fault fault) => cells[name] = (fault with { Moment = fault.DelayMs > 0 ? BeforeActing : AfterActing }, null, 1);

        void Rejected(string name, Fault fault) => cells[name] = (fault, RotationOutcome.Rejected, 1);
    }

    private static Fault Raw(string bytes) => new() { Operation = Operation.Rotation, Times = 1, Raw = bytes };

    private static Fault Answer(int status, string body) =>
        new() { Operation = Operation.Rotation, Times = 1, Status = status, ContentType = "application/json", Body = body };

    private static Fault Waiting(string retryAfter) =>
        Answer(429, "") with { Headers = new Dictionary<string, string> { ["Retry-After"] = retryAfter } };
}
