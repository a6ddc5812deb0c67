namespace Wink.Client.Tests;

/// <summary>What becomes of a request that rotates.</summary>
internal sealed class ScheduledRotationResponse(ModelOfWink wink, Exchange exchange, SimulatedConnection connection)
    : ScheduledResponse(wink, exchange, connection)
{
    public override void Send()
    {
        switch (Exchange.Fate)
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
                Wink.OperatorRotates();
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
                RespondWith(Wink.Rotate(ModelOfWink.Another, by: null));
                break;
            case Fate.ForeignAfterEffect:
                Act();
                RespondWith(Wink.Rotate(ModelOfWink.Another, by: null));
                break;
            case Fate.ForeignAndOurs:
                Issue[] both = [Wink.Rotate(ModelOfWink.Another, by: null), Act()];
                var array = $"[{both[0].Json},{both[1].Json}]";
                Respond(Head(200, array) + array, issues: both);
                break;
            case Fate.WithoutId:
                var nameless = Act();
                var body = nameless.Json.Replace($"\"id\":\"{ModelOfWink.Application}\",", "", StringComparison.Ordinal);
                Respond(Head(200, body) + body, issues: nameless);
                break;
            case Fate.Cached:
                RespondWith(Wink.Valid(ModelOfWink.Application));
                break;
            case Fate.CachedWithAge:
                RespondWith(Wink.Issues.Find(issue => issue.ApplicationId == ModelOfWink.Application)!, "Age: 3600");
                break;
            case Fate.AgedButNew:
                RespondWith(Act(), "Age: 0");
                break;
            case Fate.ResponseToOperator:
                RespondWith(Wink.OperatorRotates());
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
                Wink.OperatorRotates();
                RespondWith(Act());
                break;
            case Fate.OperatorRotatesAfter:
                var revoked = Act();
                Wink.OperatorRotates();
                RespondWith(revoked);
                break;
            case Fate.StoppedBeforeEffect:
                Wink.Tell("The person presses Ctrl+C.");
                Wink.Stop();
                RespondWith(Act());
                break;
            case Fate.StoppedAndLost:
                Wink.Tell("The person presses Ctrl+C.");
                Wink.Stop();
                Act();
                Close();
                break;
            case Fate.CrashBeforeEffect:
                Wink.KillProcess();
                Act();
                break;
            case Fate.CrashBeforeLateEffect:
                Wink.KillProcess();
                ActAfter(0.2);
                break;
            default:
                RespondWith(Act());
                break;
        }
    }

    private Issue Act() => Wink.Rotate(ModelOfWink.Application, Exchange);

    private void ActAfter(double seconds) => Wink.Timeline.After(TimeSpan.FromSeconds(seconds), () => Act());

    private void RespondWith(Issue issue, string? header = null) =>
        Respond(Head(200, issue.Json, header) + issue.Json, issues: issue);

    private void RespondLate(Issue issue, double afterDeadline) => Respond(
        Head(200, issue.Json) + issue.Json,
        (Exchange.BeganAt + Wink.Timeout - Wink.Timeline.Now).TotalSeconds + afterDeadline,
        issue);
}
