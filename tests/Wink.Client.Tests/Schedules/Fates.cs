namespace Wink.Client.Tests;

/// <summary>The alphabet of schedules.</summary>
internal static class Fates
{
    public static IReadOnlyDictionary<Fate, FateInfo> All { get; } = new Dictionary<Fate, FateInfo>
    {
        [Fate.NotConnected] = Rotation("no connection can be made for {0}"),
        [Fate.ConnectedLate] = Rotation("the connection for {0} takes 6 s"),
        [Fate.LostBeforeEffect] = Lost("the connection of {0} is lost, and it has no effect"),
        [Fate.LostAfterEffect] = Lost("the response to {0} is lost") with { IsBasic = true },
        [Fate.LostLongAfterEffect] = Lost("the response to {0} is lost after 11 s"),
        [Fate.LostBeforeLateEffect] = Lost("the connection of {0} is lost, and it takes effect 1 s later") with { IsBasic = true },
        [Fate.LostBeforeVeryLateEffect] = Lost("the connection of {0} is lost, and it takes effect 30 s later"),
        [Fate.LostWhileOperatorRotates] =
            Lost("operator 2 rotates, and the connection of {0} is lost, which has no effect") with { IsBasic = true },
        [Fate.BadGatewayBeforeEffect] = Lost("the gateway answers {0} with 502, and it has no effect"),
        [Fate.BadGatewayAfterEffect] = Lost("{0} takes effect, and the gateway answers with 502"),
        [Fate.UselessAfterEffect] = Lost("{0} takes effect, and the response is a web page"),
        [Fate.CutInSecret] = Lost("the response to {0} is cut in the middle of the secret"),
        [Fate.ForbiddenBeforeEffect] = Rotation("{0} is refused with 403"),
        [Fate.ForbiddenAfterEffect] = Rotation("{0} takes effect, and the gateway answers with 403"),
        [Fate.ConflictAfterEffect] = Rotation("{0} takes effect, and the gateway answers with 409"),
        [Fate.TokenRefused] = Rotation("the token of {0} is refused with 401") with { IsRefusal = true },
        [Fate.RateLimited] = Rotation("{0} is refused with 429, to be sent again after 2 s") with { IsRefusal = true, IsBasic = true },
        [Fate.ForeignBeforeEffect] =
            Rotation("the gateway answers {0} with the response of another application, and it has no effect") with { IsBasic = true },
        [Fate.ForeignAfterEffect] = Rotation("{0} takes effect, and the gateway answers with the response of another application"),
        [Fate.ForeignAndOurs] = Rotation("the response to {0} comes behind that of another application, in one body"),
        [Fate.WithoutId] = Rotation("the response to {0} names no application"),
        [Fate.Cached] = Rotation("a cache answers {0} with the response that made the credentials in use"),
        [Fate.CachedWithAge] = Rotation("a cache answers {0} with the first response ever, and tells its age"),
        [Fate.AgedButNew] = Rotation("the response to {0} comes through a cache that adds an age"),
        [Fate.ResponseToOperator] =
            Sound("operator 2 rotates, and the gateway answers {0} with that response; {0} has no effect"),
        [Fate.LateButRead] = Sound("the response to {0} arrives half a second after the deadline") with { IsBasic = true },
        [Fate.TooLate] = Rotation("the response to {0} arrives 3 s after the deadline"),
        [Fate.WithoutEnd] = Rotation("the response to {0} arrives, and its end never does"),
        [Fate.CutAfterSecret] = Rotation("the response to {0} is cut behind the secret"),
        [Fate.BehindBrokenHead] = Rotation("the response to {0} has a broken head, and its body arrives 0.3 s later"),
        [Fate.ArrivesTwice] = Rotation("the response to {0} arrives twice, in one body"),
        [Fate.SentTwiceByGateway] = Sound("the gateway sends {0} twice, and passes on the second response"),
        [Fate.OperatorRotatesBefore] = Sound("operator 2 rotates just before {0} takes effect"),
        [Fate.OperatorRotatesAfter] = Sound("operator 2 rotates after {0} took effect, before its response arrives"),
        [Fate.StoppedBeforeEffect] = Sound("the person presses Ctrl+C while {0} is on its way"),
        [Fate.StoppedAndLost] = Rotation("the person presses Ctrl+C while {0} is on its way, and its response is lost"),
        [Fate.CrashBeforeEffect] = Rotation("the process is killed while {0} is on its way"),
        [Fate.CrashBeforeLateEffect] =
            Rotation("the process is killed while {0} is on its way, which takes effect 0.2 s later") with { IsBasic = true },

        [Fate.ReadForbidden] = Read("{0} is refused with 403") with { IsBasic = true },
        [Fate.ReadFails] = Read("{0} is answered with 500"),
        [Fate.ReadLost] = Read("the connection of {0} is lost"),
        [Fate.ReadNotFound] = Read("{0} is answered with 404"),
        [Fate.ReadRateLimited] = Read("{0} is refused with 429, to be sent again after 2 s"),
        [Fate.ReadSlow] = Read("{0} takes 4 s"),
        [Fate.ReadNeverAnswered] = Read("{0} is never answered"),
        [Fate.ReadForeign] = Read("{0} is answered with the description of another application"),
        [Fate.ReadBlank] = Read("{0} is answered with a blank client ID"),
        [Fate.ReadFromCache] = Read("a cache answers {0} with the first description ever, and tells its age"),
        [Fate.OperatorRotatesBeforeRead] = Read("operator 2 rotates just before {0}") with { IsBasic = true },
        [Fate.OperatorRotatesAfterRead] = Read("operator 2 rotates just after {0}"),
        [Fate.OperatorRotatesAfterReadThatIsSlow] = Read("operator 2 rotates after {0}, whose response arrives 4 s later"),
        [Fate.StoppedAtRead] = Read("the person presses Ctrl+C during {0}"),
        [Fate.CrashAtRead] = Read("the process is killed during {0}"),

        [Fate.TokenUnavailable] = new(RequestKind.Token, "IAM answers {0} with 503"),
        [Fate.TokenLost] = new(RequestKind.Token, "the connection of {0} is lost"),
    };

    private static readonly ILookup<RequestKind, Fate> ByKind = All.Keys.ToLookup(fate => All[fate].Kind);

    public static IEnumerable<Fate> Of(RequestKind kind, bool basicOnly = false) =>
        ByKind[kind].Where(fate => !basicOnly || All[fate].IsBasic);

    private static FateInfo Rotation(string sentence) => new(RequestKind.Rotation, sentence);

    private static FateInfo Lost(string sentence) => new(RequestKind.Rotation, sentence) { MayBeRepeated = true };

    private static FateInfo Sound(string sentence) => new(RequestKind.Rotation, sentence) { IsSound = true };

    private static FateInfo Read(string sentence) => new(RequestKind.Read, sentence);
}
