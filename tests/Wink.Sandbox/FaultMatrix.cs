using static Wink.Sandbox.FaultMoment;

namespace Wink.Sandbox;

/// <summary>The faults of a rotation. Three suites run them: the client's checks the outcome, the others what the cmdlets write.</summary>
public static class FaultMatrix
{
    public const string Rotated = "Rotated";

    private const string NotConfirmed = "NotConfirmed";
    private const string Rejected = "Rejected";
    private const string SecretLost = "SecretLost";
    private const string Unknown = "Unknown";

    private const string Head = "HTTP/1.1 200 OK\r\n";
    private const string Chunked = Head + "Transfer-Encoding: chunked\r\n\r\n";
    private const string Whole = Head + "Content-Length: {length}\r\n\r\n{response}";
    private const string Foreign = """{"id":"another","clientId":"client-of-another","secretKey":"made-up-secret-of-another"}""";
    private const string Cached = """{"id":"{applicationId}","clientId":"client-of-long-ago","secretKey":"made-up-secret-of-another"}""";
    private const string WrongSecret = """{"id":"{applicationId}","clientId":{clientId},"secretKey":"made-up-wrong-secret"}""";
    private const string MaskedSecret = """{"id":"{applicationId}","clientId":{clientId},"secretKey":"********"}""";
    private const string TwoSecrets =
        """{"id":"{applicationId}","clientId":{clientId},"secretKey":{secretKey},"secretKey":"made-up-wrong-secret"}""";

    private const string QuotedSecret = """{"detail":"Could not write RevokedApplication(secretKey={secret})"}""";
    private const string Nameless = """{"clientId":"client-of-another","secretKey":"made-up-secret-of-another"}""";
    private const string WithPrevious =
        """{"previous":{"clientId":{oldClientId},"secretKey":"made-up-secret-of-another"},"current":""" +
        """{"clientId":{clientId},"secretKey":{secretKey}}}""";

    /// <summary>Each fault happens once unless Times says otherwise; later requests get the true response.</summary>
    public static IReadOnlyDictionary<string, FaultCell> Cells { get; } = Build();

    private static Dictionary<string, FaultCell> Build()
    {
        var cells = new Dictionary<string, FaultCell>();

        // The response does not tell the outcome. The client ID does, so it matters only whether Wink acted.
        Unclear("closed", new() { Operation = Operation.Rotation, Close = true });
        Unclear("reset", new() { Operation = Operation.Rotation, Reset = true });
        Unclear("half a status line", Raw("HTTP/1.1 2"));
        Unclear("not HTTP", Raw("\0\u0001made-up rubbish\r\n\r\n"));
        Unclear("headers cut short", Raw("HTTP/1.1 200 OK\r\nContent-Ty"));
        Unclear("body cut short", Raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{half}"));
        Unclear("chunked body cut short", Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n{\"id\":\"booking-engin"));
        foreach (var status in new[] { 500, 502, 503, 504 })
            Unclear($"{status}", Response(status, "<html>made-up gateway</html>"));

        Unclear("HTML with 200", Response(200, "<html>login</html>"));
        Unclear("204", Response(204, ""));
        Unclear("empty body", Response(200, ""));
        Unclear("empty secretKey", Response(200, """{"id":"booking-engine","clientId":"new","secretKey":""}"""));
        Unclear("blank secretKey", Response(200, """{"id":"booking-engine","clientId":"new","secretKey":"   "}"""));
        Unclear("null secretKey", Response(200, """{"id":"booking-engine","clientId":"new","secretKey":null}"""));
        Unclear("missing secretKey", Response(200, """{"id":"booking-engine","clientId":"new"}"""));
        Unclear("broken JSON", Response(200, """{"id":"booking-engine","clientId":]"""));
        Unclear("8 MiB of body", Response(200, new string(' ', 8 * 1024 * 1024)));
        Unclear("gzip that is none", Response(200, "made-up rubbish") with { Headers = Header("Content-Encoding", "gzip") });
        // After a timeout the request may still be on its way: it is not repeated.
        cells["no response, before acting"] = new(
            new() { Operation = Operation.Rotation, DelayMs = Timeout.Infinite, Times = 1 }, NotConfirmed, 1);
        cells["no response, after acting"] = new(
            new() { Operation = Operation.Rotation, Moment = AfterActing, DelayMs = Timeout.Infinite, Times = 1 }, SecretLost, 1);

        // The secret is only where .NET quotes it, in each response, so that the error message could contain it.
        foreach (var (name, bytes) in Quoted("{secret}"))
            cells[$"the secret {name}"] = new(Raw(bytes) with { Moment = AfterActing, Times = int.MaxValue }, SecretLost, 3);

        // Complete credentials are taken, whatever surrounds them.
        foreach (var (name, bytes) in Quoted("{response}"))
            Takes($"the response {name}", Raw(bytes));

        // HttpClient stops reading before the credentials arrive.
        Takes("the response a moment after a line that is not HTTP", Raw($"made-up rubbish\r\n{Fault.Pause}{Whole}"));
        Takes("the body a moment after a header without a colon", Raw($"{Head}Made Up\r\n\r\n{Fault.Pause}{{response}}"));
        Takes("the body a moment after a chunk size that is none", Raw($"{Chunked}zz\r\n{Fault.Pause}{{response}}"));
        Takes("the body a moment after an announced length of 0", Raw($"{Head}Content-Length: 0\r\n\r\n{Fault.Pause}{{response}}"));
        Takes(
            "the body a moment after its announced length",
            Raw($"{Head}Content-Length: 9\r\n\r\n{{\"data\": {Fault.Pause}{{response}}}}"));
        Takes("the body a moment after 204", Raw($"HTTP/1.1 204 No Content\r\n\r\n{Fault.Pause}{{response}}"));
        Takes("the response a moment after 500", Raw($"HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\n{{}}{Fault.Pause}{Whole}"));
        Takes("body cut short after the credentials", Raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{response}"));
        Takes("sent twice", Raw(Whole + Whole));
        Takes("another application's response before it", Raw($"{Head}Content-Length: {Foreign.Length}\r\n\r\n{Foreign}{Whole}"));
        Takes("a chunk that is broken after it", Raw($"{Chunked}{{chunks}}no size\r\n"));
        Takes("a trailer that is broken", Raw($"{Chunked}{{chunks}}0\r\nno trailer\r\n\r\n"));
        Takes("the credentials from before beside it", Response(200, WithPrevious));
        Takes("after interim responses", Raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + Whole));
        var headers = string.Concat(Enumerable.Range(0, 300).Select(i => $"X-Made-Up-{i}: {new string('x', 1000)}\r\n"));
        Takes("300 KiB of headers", Raw($"{Head}{headers}\r\n{{response}}"));
        Takes("another id", Response(200, """{"id":"another","clientId":{clientId},"secretKey":{secretKey}}"""));
        Takes("no id", Response(200, """{"clientId":{clientId},"secretKey":{secretKey}}"""));
        Takes("byte-order mark", Response(200, "\uFEFF{response}"));
        Takes("JSON escapes", Response(200, """{"secretKey":{escapedSecretKey},"clientId":{clientId}}"""));
        Takes("array of one", Response(200, "[{response}]"));
        Takes("another object around it", Response(200, """{"data":{response}}"""));
        Takes("a guard against script before it", Response(200, ")]}',\n{response}"));
        Takes("a comment before it", Response(200, "/* made {up} */ // rubbish\n{response}"));
        Takes("a call around it", Response(200, "callback({response});"));
        Takes("wrong media type", Response(200, "{response}") with { ContentType = "text/html; charset=iso-8859-1" });
        Takes("a cache's Age", Response(200, "{response}") with { Headers = Age });
        foreach (var status in new[] { 201, 302, 400, 401, 403, 404, 429, 500, 503 })
            Takes($"credentials with {status}", Response(status, "{response}") with { Headers = Header("Retry-After", "0") });

        foreach (var codings in new[] { "gzip", "deflate", "bare-deflate", "br", "gzip gzip gzip gzip gzip gzip", "br gzip deflate" })
            Takes(codings, Response(200, "{response}") with { Codings = codings.Split(' ') });

        Takes("gzip with a wrong checksum", Response(200, "{response}") with { Codings = ["gzip"], Spoil = 8 });
        Takes("deflate with a wrong checksum", Response(200, "{response}") with { Codings = ["deflate"], Spoil = 4 });
        Takes("gzip that no header names", Response(200, "{response}") with { Codings = ["gzip"], HidesCodings = true });
        Takes("deflate that no header names", Response(200, "{response}") with { Codings = ["deflate"], HidesCodings = true });
        Takes("gzip without its end", Response(200, "{response}") with { Codings = ["gzip"], Cut = 8 });
        Takes("gzip in name only", Response(200, "{response}") with { Headers = Header("Content-Encoding", "gzip") });
        Takes("an unknown coding, in name only", Response(200, "{response}") with { Headers = Header("Content-Encoding", "made-up") });
        Takes("a wrong secret before it, in a comment", Response(200, $"/* {WrongSecret} */ {{response}}"));
        Takes("a wrong secret before it", Response(200, $"[{WrongSecret},{{response}}]"));
        Takes("names in another case", Response(200, """{"ID":"{applicationId}","ClientID":{clientId},"SecretKey":{secretKey}}"""));
        Takes("slow", new() { Operation = Operation.Rotation, DelayMs = 300 });

        // The received credentials are not this application's, or are old: the outcome is not proven, and the rotation is not repeated.
        BringsOthers("another application's credentials", Response(200, Foreign), Unknown, Unknown);
        BringsOthers("credentials that a cache had", Response(200, Cached) with { Headers = Age }, Unknown, Unknown);
        BringsOthers("credentials without an id", Response(200, Nameless), Unknown, Unknown);
        BringsOthers("the credentials from before", Replay, NotConfirmed, SecretLost);

        // The client ID is right, and the secret is not what the server has: it is kept in doubt.
        Doubts("bytes missing in the middle", Raw($"{Head}Content-Length: {{length}}\r\n\r\n{{damaged}}"));
        Doubts("bytes missing in a chunked body", Raw($"{Chunked}400\r\n{{damaged}}"));
        Doubts("a masked secret with 500", Response(500, MaskedSecret));
        Doubts("a member that comes twice", Response(200, TwoSecrets));
        var quoted = Response(500, QuotedSecret) with { Moment = AfterActing, Times = int.MaxValue };
        cells["the secret in a problem detail"] = new(quoted, SecretLost, 3);

        // Some 4xx say that Wink refused; whether it acted all the same, a read tells. The others say nothing. None is repeated.
        Rejects("400", Response(400, """{"detail":"made-up"}"""));
        Rejects("403 as JSON", Response(403, """{"title":"Forbidden"}"""));
        Rejects("403 as HTML", Response(403, "<html>made-up firewall</html>"));
        foreach (var status in new[] { 400, 403, 404, 405, 410, 415, 422 })
        {
            Rejects($"{status}, before acting", Response(status, "{}"));
            cells[$"{status}, after acting"] = new(Response(status, "{}") with { Moment = AfterActing }, SecretLost, 1);
        }

        foreach (var status in new[] { 402, 406, 407, 408, 409, 425, 451, 460, 499 })
            UnclearForGood($"{status}", Response(status, "{}"));

        // Whoever redirects may have acted before, or may act on what follows: that is no reason to repeat it either.
        foreach (var status in new[] { 301, 302, 303, 307, 308 })
            UnclearForGood($"{status} to itself", Response(status, "") with { Headers = Header("Location", "revoke") });

        UnclearForGood("304", Response(304, ""));

        Rejects("429 without a time", Response(429, ""));
        Rejects("429 for an hour", Waiting("3600"));
        cells["401 once"] = new(Response(401, ""), Rotated, 2);
        cells["401 each time"] = new(Response(401, "") with { Times = int.MaxValue }, Rejected, 2);
        cells["429 once"] = new(Waiting("1"), Rotated, 2);
        cells["429 until a date that has passed"] = new(Waiting("Mon, 01 Jan 2024 00:00:00 GMT"), Rotated, 2);
        cells["429 each time"] = new(Waiting("0") with { Times = int.MaxValue }, Rejected, 4);
        cells["closed after acting, each time"] =
            new(new() { Operation = Operation.Rotation, Moment = AfterActing, Close = true }, SecretLost, 3);
        return cells;

        void Unclear(string name, Fault fault)
        {
            cells[$"{name}, before acting"] = new(fault with { Times = 1 }, NotConfirmed, 1);
            cells[$"{name}, after acting"] = new(fault with { Times = 1, Moment = AfterActing }, Rotated, 2);
        }

        void UnclearForGood(string name, Fault fault)
        {
            cells[$"{name}, before acting"] = new(fault, NotConfirmed, 1);
            cells[$"{name}, after acting"] = new(fault with { Moment = AfterActing }, SecretLost, 1);
        }

        void Takes(string name, Fault fault) =>
            cells[name] = new(fault with { Moment = fault.DelayMs > 0 ? BeforeActing : AfterActing }, Rotated, 1);

        void BringsOthers(string name, Fault fault, string outcomeBefore, string outcomeAfter)
        {
            cells[$"{name}, before acting"] = new(fault, outcomeBefore, 1, BringsOthers: true);
            cells[$"{name}, after acting"] = new(fault with { Moment = AfterActing }, outcomeAfter, 1, BringsOthers: true);
        }

        void Doubts(string name, Fault fault) => cells[name] = new(fault with { Moment = AfterActing }, Unknown, 1, BringsOthers: true);

        void Rejects(string name, Fault fault) => cells[name] = new(fault, Rejected, 1);
    }

    private static Dictionary<string, string> Age => Header("Age", "0");

    private static Fault Replay => new() { Operation = Operation.Rotation, Times = 1, Replays = true };

    private static (string Name, string Bytes)[] Quoted(string text) =>
    [
        ("without a status line", $"{text}\r\n\r\n"),
        ("in the status line", $"HTTP/1.1 {text}\r\n\r\n"),
        ("in place of a header", $"{Head}{text}\r\n\r\n"),
        ("in a header name", $"{Head}made up {text}: x\r\n\r\n"),
        ("in a header value", $"{Head}Content-Length: {text}\r\n\r\n"),
        ("in a chunk's size", $"{Head}Transfer-Encoding: chunked\r\n\r\n{text}\r\n"),
    ];

    private static Fault Raw(string bytes) => new() { Operation = Operation.Rotation, Times = 1, Raw = bytes };

    private static Fault Response(int status, string body) =>
        new() { Operation = Operation.Rotation, Times = 1, Status = status, ContentType = "application/json", Body = body };

    private static Fault Waiting(string retryAfter) =>
        Response(429, "") with { Headers = Header("Retry-After", retryAfter) };

    private static Dictionary<string, string> Header(string name, string value) => new() { [name] = value };
}
