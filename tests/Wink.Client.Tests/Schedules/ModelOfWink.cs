using System.Globalization;
using System.Text;

namespace Wink.Client.Tests;

/// <summary>
/// Wink and the truth about it: which credentials are valid, who made them, and what arrived where.
/// </summary>
internal sealed class ModelOfWink
{
    public const string Application = "booking-engine";
    public const string Another = "hotel-site";
    public const string Operations = "operations";

    private static readonly TimeSpan LastRead = TimeSpan.FromSeconds(1);

    private readonly Schedule _schedule;

    /// <param name="timeline">The time.</param>
    /// <param name="schedule">What happens.</param>
    /// <param name="timeout">How long the client waits for a response.</param>
    public ModelOfWink(Timeline timeline, Schedule schedule, TimeSpan timeout)
    {
        (Timeline, _schedule, Timeout) = (timeline, schedule, timeout);
        Rotate(Application, by: null);
        Rotate(Application, by: null);
        Rotate(Another, by: null);
        Rotate(Operations, by: null);
    }

    public Timeline Timeline { get; }

    /// <summary>How long the client waits for a response.</summary>
    public TimeSpan Timeout { get; }

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
        string.Create(CultureInfo.InvariantCulture, $"{Timeline.Now.TotalSeconds,8:0.000} s  {what}"));

    public Exchange Begin(HttpRequest request, ProcessTime process)
    {
        using var message = new HttpRequestMessage();
        request.SetHeaders(message.Headers);
        var kind = request.Form is not null ? RequestKind.Token
            : request.Uri.AbsolutePath.EndsWith("/revoke", StringComparison.Ordinal) ? RequestKind.Rotation
            : RequestKind.Read;
        var number = Exchanges.Count(exchange => exchange.Kind == kind) + 1;
        var begun = new Exchange(kind, number, _schedule.FateOf(kind, number), Timeline.Now)
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
        exchange.WrittenAt ??= Timeline.Now;
        Tell($"{exchange.Kind} request {exchange.Number} is written.");
        Timeline.After(ScheduledResponse.Latency, () =>
        {
            ScheduledResponse response = exchange.Kind switch
            {
                RequestKind.Rotation => new ScheduledRotationResponse(this, exchange, connection),
                RequestKind.Read => new ScheduledReadResponse(this, exchange, connection),
                _ => new ScheduledTokenResponse(this, exchange, connection),
            };
            response.Send();
        });
    }

    /// <summary>The client reads what arrives until a moment after its deadline, as long as its process lives.</summary>
    public void Arrive(Exchange exchange, SimulatedConnection connection, string bytes, IEnumerable<Issue> issues)
    {
        Tell($"The response to {exchange.Kind} request {exchange.Number} arrives: {Told(bytes)}");
        if (Timeline.Now <= exchange.BeganAt + Timeout + LastRead && exchange.Process is not { IsKilled: true })
            Arrived.AddRange(issues.Select(issue => new ArrivedCredentials(issue, exchange, Timeline.Now)));

        connection.Arrive(Encoding.ASCII.GetBytes(bytes));
    }

    public Issue OperatorRotates()
    {
        var issue = Rotate(Application, by: null);
        Tell($"Operator 2 rotates: the client ID is {issue.ClientId} now.");
        return issue;
    }

    public Issue Rotate(string application, Exchange? by)
    {
        if (Issues.FindLast(issue => issue.ApplicationId == application) is { } old)
            old.RevokedAt = Timeline.Now;

        var number = Issues.Count + 1;
        var issue = new Issue(application, $"client-{number}", $"made-up+secret/{number:00000000}", Timeline.Now, by);
        Issues.Add(issue);
        if (by is not null)
            Tell($"Rotation request {by.Number} takes effect: the client ID is {issue.ClientId} now.");

        return issue;
    }

    public void KillProcess()
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

    /// <summary>The first line and the client IDs: a story of a test may be read by anybody, so it shows no secret either.</summary>
    private string Told(string bytes)
    {
        var ids = Issues.Where(issue => bytes.Contains($"\"{issue.ClientId}\"", StringComparison.Ordinal)).Select(issue =>
            $"{issue.ClientId} of {issue.ApplicationId}");
        return $"{bytes.Split("\r\n")[0].Split('{')[0]} {string.Join(" and ", ids)}".Trim() + ".";
    }
}
