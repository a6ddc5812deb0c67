using System.Globalization;
using System.Net;
using System.Text;

namespace Wink.Client.Tests;

/// <summary>
/// Wink, all that is between it and the client, and the truth: which credentials are valid, who made them, and what arrived where.
/// </summary>
internal sealed class ModelOfWink
{
    public const string Application = "booking-engine";
    public const string Another = "hotel-site";
    public const string Operations = "operations";

    private const string WebPage = "<html>made-up gateway</html>";

    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LastRead = TimeSpan.FromSeconds(1);

    private readonly Timeline _timeline;
    private readonly Schedule _schedule;
    private readonly TimeSpan _timeout;

    /// <param name="timeline">The time.</param>
    /// <param name="schedule">What happens.</param>
    /// <param name="timeout">How long the client waits for a response.</param>
    public ModelOfWink(Timeline timeline, Schedule schedule, TimeSpan timeout)
    {
        (_timeline, _schedule, _timeout) = (timeline, schedule, timeout);
        Rotate(Application, by: null);
        Rotate(Application, by: null);
        Rotate(Another, by: null);
        Rotate(Operations, by: null);
    }

    public List<Issue> Issues { get; } = [];

    public List<Exchange> Exchanges { get; } = [];

    public List<ArrivedCredentials> Arrived { get; } = [];

    /// <summary>What happened, to be told; null where nobody listens.</summary>
    public List<string>? Story { get; init; }

    /// <summary>What the person does who presses Ctrl+C.</summary>
    public Action Stop { get; set; } = () => { };

    /// <summary>Ends the process.</summary>
    public Action Kill { get; set; } = () => { };

    public Issue Valid(string application) => Issues.FindLast(issue => issue.ApplicationId == application)!;

    /// <summary>Whether the application had the client ID at any moment of these.</summary>
    public bool HadClientId(string? clientId, TimeSpan from, TimeSpan to) =>
        Issues.Exists(issue => issue.ApplicationId == Application && issue.ClientId == clientId && issue.WasValid(from, to));

    public void Tell(string what) => Story?.Add(
        string.Create(CultureInfo.InvariantCulture, $"{_timeline.Now.TotalSeconds,8:0.000} s  {what}"));

    public Exchange Begin(HttpRequest request, ProcessTime process)
    {
        using var message = new HttpRequestMessage();
        request.SetHeaders(message.Headers);
        var kind = request.Form is not null ? RequestKind.Token
            : request.Uri.AbsolutePath.EndsWith("/revoke", StringComparison.Ordinal) ? RequestKind.Rotation
            : RequestKind.Read;
        var number = Exchanges.Count(exchange => exchange.Kind == kind) + 1;
        var begun = new Exchange(kind, number, _schedule.FateOf(kind, number), _timeline.Now)
        {
            Authorization = message.Headers.Authorization?.Parameter,
            Process = process,
        };
        Exchanges.Add(begun);
        return begun;
    }

    /// <exception cref="HttpRequestException">There is no connection.</exception>
    public static async Task ConnectAsync(Exchange exchange, ProcessTime process, CancellationToken cancellationToken)
    {
        if (exchange.Fate == Fate.NotConnected)
            throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused.");

        if (exchange.Fate == Fate.ConnectedLate)
            await Task.Delay(TimeSpan.FromSeconds(6), process, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A request was written.</summary>
    public void Receive(Exchange exchange, SimulatedConnection connection)
    {
        exchange.Writes++;
        exchange.WrittenAt ??= _timeline.Now;
        Tell($"{exchange.Kind} request {exchange.Number} is written.");
        _timeline.After(Latency, () =>
        {
            switch (exchange.Kind)
            {
                case RequestKind.Rotation:
                    AnswerRotation(exchange, connection);
                    break;
                case RequestKind.Read:
                    AnswerRead(exchange, connection);
                    break;
                default:
                    AnswerToken(exchange, connection);
                    break;
            }
        });
    }

    private void AnswerRotation(Exchange exchange, SimulatedConnection connection)
    {
        switch (exchange.Fate)
        {
            case Fate.LostBeforeEffect:
                Close();
                break;
            case Fate.LostAfterEffect:
                Act();
                Close();
                break;
            case Fate.LostLongAfterEffect:
                Act();
                Close(11);
                break;
            case Fate.LostBeforeLateEffect:
                ActAfter(1);
                Close();
                break;
            case Fate.LostBeforeVeryLateEffect:
                ActAfter(30);
                Close();
                break;
            case Fate.LostWhileOperatorRotates:
                OperatorRotates();
                Close();
                break;
            case Fate.BadGatewayBeforeEffect:
                Respond(Head(502, WebPage) + WebPage);
                break;
            case Fate.BadGatewayAfterEffect:
                Act();
                Respond(Head(502, WebPage) + WebPage);
                break;
            case Fate.UselessAfterEffect:
                Act();
                Respond(Head(200, WebPage) + WebPage);
                break;
            case Fate.CutInSecret:
                var cut = Act();
                Respond(Head(200, cut.Json) + cut.Json[..^8]);
                Close();
                break;
            case Fate.ForbiddenBeforeEffect:
                Respond(Head(403, "{}") + "{}");
                break;
            case Fate.ForbiddenAfterEffect:
                Act();
                Respond(Head(403, "{}") + "{}");
                break;
            case Fate.ConflictAfterEffect:
                Act();
                Respond(Head(409, "{}") + "{}");
                break;
            case Fate.TokenRefused:
                Respond(Head(401, "{}") + "{}");
                break;
            case Fate.RateLimited:
                Respond(Head(429, "{}", "Retry-After: 2") + "{}");
                break;
            case Fate.ForeignBeforeEffect:
                RespondWith(Rotate(Another, by: null));
                break;
            case Fate.ForeignAfterEffect:
                Act();
                RespondWith(Rotate(Another, by: null));
                break;
            case Fate.ForeignAndOurs:
                Issue[] both = [Rotate(Another, by: null), Act()];
                var array = $"[{both[0].Json},{both[1].Json}]";
                Respond(Head(200, array) + array, issues: both);
                break;
            case Fate.WithoutId:
                var nameless = Act();
                var body = nameless.Json.Replace($"\"id\":\"{Application}\",", "", StringComparison.Ordinal);
                Respond(Head(200, body) + body, issues: nameless);
                break;
            case Fate.Cached:
                RespondWith(Valid(Application));
                break;
            case Fate.CachedWithAge:
                RespondWith(Issues.Find(issue => issue.ApplicationId == Application)!, "Age: 3600");
                break;
            case Fate.AgedButNew:
                RespondWith(Act(), "Age: 0");
                break;
            case Fate.ResponseToOperator:
                RespondWith(OperatorRotates());
                break;
            case Fate.LateButRead:
                RespondLate(Act(), 0.5);
                break;
            case Fate.TooLate:
                RespondLate(Act(), 3);
                break;
            case Fate.WithoutEnd:
                var endless = Act();
                Respond(Head(200, endless.Json + "          ") + endless.Json, issues: endless);
                break;
            case Fate.CutAfterSecret:
                var most = Act();
                Respond(Head(200, most.Json + "          ") + most.Json, issues: most);
                Close();
                break;
            case Fate.BehindBrokenHead:
                var behind = Act();
                Respond("HTTP/1.1 2\r\n\r\n");
                Respond(behind.Json, 0.3, behind);
                break;
            case Fate.ArrivesTwice:
                var twice = Act();
                Respond(Head(200, twice.Json + twice.Json) + twice.Json + twice.Json, issues: twice);
                break;
            case Fate.SentTwiceByGateway:
                Act();
                RespondWith(Act());
                break;
            case Fate.OperatorRotatesBefore:
                OperatorRotates();
                RespondWith(Act());
                break;
            case Fate.OperatorRotatesAfter:
                var revoked = Act();
                OperatorRotates();
                RespondWith(revoked);
                break;
            case Fate.StoppedBeforeEffect:
                Tell("The person presses Ctrl+C.");
                Stop();
                RespondWith(Act());
                break;
            case Fate.StoppedAndLost:
                Tell("The person presses Ctrl+C.");
                Stop();
                Act();
                Close();
                break;
            case Fate.CrashBeforeEffect:
                KillProcess();
                Act();
                break;
            case Fate.CrashBeforeLateEffect:
                KillProcess();
                ActAfter(0.2);
                break;
            default:
                RespondWith(Act());
                break;
        }

        Issue Act() => Rotate(Application, exchange);

        void ActAfter(double seconds) => _timeline.After(TimeSpan.FromSeconds(seconds), () => Act());

        void RespondWith(Issue issue, string? header = null) =>
            Respond(Head(200, issue.Json, header) + issue.Json, issues: issue);

        void RespondLate(Issue issue, double afterDeadline) => Respond(
            Head(200, issue.Json) + issue.Json,
            (exchange.BeganAt + _timeout - _timeline.Now).TotalSeconds + afterDeadline,
            issue);

        void Respond(string bytes, double seconds = 0, params Issue[] issues) =>
            this.Respond(exchange, connection, bytes, TimeSpan.FromSeconds(seconds), issues);

        void Close(double seconds = 0) => this.Close(exchange, connection, TimeSpan.FromSeconds(seconds));
    }

    private void AnswerRead(Exchange exchange, SimulatedConnection connection)
    {
        var clientId = Valid(Application).ClientId;
        switch (exchange.Fate)
        {
            case Fate.ReadForbidden:
                Respond(Head(403, "{}") + "{}");
                break;
            case Fate.ReadFails:
                Respond(Head(500, WebPage) + WebPage);
                break;
            case Fate.ReadLost:
                Close(exchange, connection, TimeSpan.Zero);
                break;
            case Fate.ReadNotFound:
                Respond(Head(404, """{"title":"Not Found"}""") + """{"title":"Not Found"}""");
                break;
            case Fate.ReadRateLimited:
                Respond(Head(429, "{}", "Retry-After: 2") + "{}");
                break;
            case Fate.ReadSlow:
                Describe(Application, clientId, 4);
                break;
            case Fate.ReadNeverAnswered:
                break;
            case Fate.ReadForeign:
                Describe(Another, Valid(Another).ClientId);
                break;
            case Fate.ReadBlank:
                Describe(Application, " ");
                break;
            case Fate.ReadFromCache:
                Describe(Application, Issues.Find(issue => issue.ApplicationId == Application)!.ClientId, header: "Age: 3600");
                break;
            case Fate.OperatorRotatesBeforeRead:
                Describe(Application, OperatorRotates().ClientId);
                break;
            case Fate.OperatorRotatesAfterRead:
                OperatorRotates();
                Describe(Application, clientId);
                break;
            case Fate.OperatorRotatesAfterReadThatIsSlow:
                OperatorRotates();
                Describe(Application, clientId, 4);
                break;
            case Fate.StoppedAtRead:
                Tell("The person presses Ctrl+C.");
                Describe(Application, clientId);
                Stop();
                break;
            case Fate.CrashAtRead:
                KillProcess();
                break;
            default:
                Describe(Application, clientId);
                break;
        }

        void Describe(string id, string shown, double seconds = 0, string? header = null)
        {
            var body = $$"""{"id":"{{id}}","name":"Made up","clientId":"{{shown}}","userIdentifier":"made-up"}""";
            Respond(Head(200, body, header) + body, seconds, header is null && id == Application && shown != " " ? shown : null);
        }

        void Respond(string bytes, double seconds = 0, string? shown = null)
        {
            // Before it arrives, since the client goes on at once.
            _timeline.After(TimeSpan.FromSeconds(seconds) + Latency, () =>
            {
                if (shown is not null)
                    (exchange.ClientId, exchange.ArrivedAt) = (shown, _timeline.Now);
            });
            this.Respond(exchange, connection, bytes, TimeSpan.FromSeconds(seconds));
        }
    }

    private void AnswerToken(Exchange exchange, SimulatedConnection connection)
    {
        switch (exchange.Fate)
        {
            case Fate.TokenUnavailable:
                Respond(exchange, connection, Head(503, WebPage) + WebPage, TimeSpan.Zero);
                break;
            case Fate.TokenLost:
                Close(exchange, connection, TimeSpan.Zero);
                break;
            default:
                var client = Encoding.UTF8.GetString(Convert.FromBase64String(exchange.Authorization!)).Split(':');
                var isValid = Issues.Exists(issue =>
                    issue.RevokedAt is null && issue.ClientId == client[0] && issue.Secret == WebUtility.UrlDecode(client[1]));
                var body = isValid
                    ? $$"""{"access_token":"made-up-token-{{exchange.Number}}","token_type":"Bearer","expires_in":3600}"""
                    : """{"error":"invalid_client"}""";
                Respond(exchange, connection, Head(isValid ? 200 : 401, body) + body, TimeSpan.Zero);
                break;
        }
    }

    private Issue OperatorRotates()
    {
        var issue = Rotate(Application, by: null);
        Tell($"Operator 2 rotates: the client ID is {issue.ClientId} now.");
        return issue;
    }

    private Issue Rotate(string application, Exchange? by)
    {
        if (Issues.FindLast(issue => issue.ApplicationId == application) is { } old)
            old.RevokedAt = _timeline.Now;

        var number = Issues.Count + 1;
        var issue = new Issue(application, $"client-{number}", $"made-up+secret/{number:00000000}", _timeline.Now, by);
        Issues.Add(issue);
        if (by is not null)
            Tell($"Rotation request {by.Number} takes effect: the client ID is {issue.ClientId} now.");

        return issue;
    }

    private void KillProcess()
    {
        Tell("The process is killed.");
        foreach (var exchange in Exchanges.Where(exchange => exchange.IsOpen))
        {
            exchange.IsOpen = false;
            if (exchange.Connection is { } connection)
                connection.IsAbandoned = true;
        }

        Kill();
    }

    private void Respond(Exchange exchange, SimulatedConnection connection, string bytes, TimeSpan delay, params Issue[] issues) =>
        _timeline.After(delay + Latency, () =>
        {
            Tell($"The response to {exchange.Kind} request {exchange.Number} arrives: {Told(bytes)}");
            if (_timeline.Now <= exchange.BeganAt + _timeout + LastRead && exchange.Process is not { IsKilled: true })
                Arrived.AddRange(issues.Select(issue => new ArrivedCredentials(issue, exchange, _timeline.Now)));

            connection.Arrive(Encoding.ASCII.GetBytes(bytes));
        });

    private void Close(Exchange exchange, SimulatedConnection connection, TimeSpan delay) => _timeline.After(delay + Latency, () =>
    {
        Tell($"The connection of {exchange.Kind} request {exchange.Number} is lost.");
        connection.End();
    });

    /// <summary>The first line and the client IDs: a story of a test may be read by anybody, so it shows no secret either.</summary>
    private string Told(string bytes)
    {
        var ids = Issues.Where(issue => bytes.Contains($"\"{issue.ClientId}\"", StringComparison.Ordinal)).Select(issue =>
            $"{issue.ClientId} of {issue.ApplicationId}");
        return $"{bytes.Split("\r\n")[0].Split('{')[0]} {string.Join(" and ", ids)}".Trim() + ".";
    }

    private static string Head(int status, string body, string? header = null) =>
        $"HTTP/1.1 {status} Made-up\r\nContent-Length: {body.Length}\r\n{(header is null ? "" : $"{header}\r\n")}\r\n";
}
