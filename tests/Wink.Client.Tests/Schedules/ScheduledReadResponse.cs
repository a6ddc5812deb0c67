namespace Wink.Client.Tests;

/// <summary>What becomes of a request that reads the application.</summary>
internal sealed class ScheduledReadResponse(ModelOfWink wink, Exchange exchange, SimulatedConnection connection)
    : ScheduledResponse(wink, exchange, connection)
{
    public override void Send()
    {
        var clientId = Wink.Valid(ModelOfWink.Application).ClientId;
        switch (Exchange.Fate)
        {
            case Fate.ReadForbidden:
                Respond(Head(403, "{}") + "{}");
                break;
            case Fate.ReadFails:
                Respond(Head(500, WebPage) + WebPage);
                break;
            case Fate.ReadLost:
                Close();
                break;
            case Fate.ReadNotFound:
                Respond(Head(404, """{"title":"Not Found"}""") + """{"title":"Not Found"}""");
                break;
            case Fate.ReadRateLimited:
                Respond(Head(429, "{}", "Retry-After: 2") + "{}");
                break;
            case Fate.ReadSlow:
                Describe(ModelOfWink.Application, clientId, 4);
                break;
            case Fate.ReadNeverAnswered:
                break;
            case Fate.ReadForeign:
                Describe(ModelOfWink.Another, Wink.Valid(ModelOfWink.Another).ClientId);
                break;
            case Fate.ReadBlank:
                Describe(ModelOfWink.Application, " ");
                break;
            case Fate.ReadFromCache:
                var first = Wink.Issues.Find(issue => issue.ApplicationId == ModelOfWink.Application)!;
                Describe(ModelOfWink.Application, first.ClientId, header: "Age: 3600");
                break;
            case Fate.OperatorRotatesBeforeRead:
                Describe(ModelOfWink.Application, Wink.OperatorRotates().ClientId);
                break;
            case Fate.OperatorRotatesAfterRead:
                Wink.OperatorRotates();
                Describe(ModelOfWink.Application, clientId);
                break;
            case Fate.OperatorRotatesAfterReadThatIsSlow:
                Wink.OperatorRotates();
                Describe(ModelOfWink.Application, clientId, 4);
                break;
            case Fate.StoppedAtRead:
                Wink.Tell("The person presses Ctrl+C.");
                Describe(ModelOfWink.Application, clientId);
                Wink.Stop();
                break;
            case Fate.CrashAtRead:
                Wink.KillProcess();
                break;
            default:
                Describe(ModelOfWink.Application, clientId);
                break;
        }
    }

    private void Describe(string id, string shown, double seconds = 0, string? header = null)
    {
        var body = $$"""{"id":"{{id}}","name":"Made up","clientId":"{{shown}}","userIdentifier":"made-up"}""";
        if (header is null && id == ModelOfWink.Application && shown != " ")
        {
            // Before it arrives, since the client goes on at once.
            Wink.Timeline.After(
                TimeSpan.FromSeconds(seconds) + Latency,
                () => (Exchange.ClientId, Exchange.ArrivedAt) = (shown, Wink.Timeline.Now));
        }

        Respond(Head(200, body, header) + body, seconds);
    }
}
