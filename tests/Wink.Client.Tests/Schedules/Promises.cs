using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Wink.Client.Tests;

/// <summary>The four promises, each held against the truth. It knows the contract, and nothing of how the client keeps it.</summary>
internal static partial class Promises
{
    private const int MaxRepeats = 2;
    private const int MaxRefusalsInTurn = 4;

    /// <summary>How old the client ID may be that a rotation is judged by.</summary>
    private static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(5);

    /// <summary>From the baseline to the read that shows the change.</summary>
    private static readonly TimeSpan LongestUntilChange = TimeSpan.FromSeconds(10);

    /// <summary>A clock shows a little more at each reading.</summary>
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>What the attempt broke, in words.</summary>
    public static IEnumerable<string> FindBroken(Attempt attempt, ModelOfWink wink) =>
    [
        .. SentAtMostOnce(attempt, wink),
        .. OutcomeIsTrue(attempt, wink),
        .. NothingIsLost(attempt, wink),
        .. SecretIsNotShown(attempt, wink),
    ];

    private static IEnumerable<string> SentAtMostOnce(Attempt attempt, ModelOfWink wink)
    {
        var written = Written(attempt);
        foreach (var request in written.Where(request => request.Writes > 1))
            yield return $"rotation request {request.Number} was written {request.Writes} times";

        var repeats = 0;
        var refusals = 0;
        for (var at = 1; at < written.Count; at++)
        {
            var (before, again) = (written[at - 1], written[at]);
            if (before.Fate is { } fate && Fates.All[fate].IsRefusal)
            {
                if (++refusals > MaxRefusalsInTurn)
                    yield return $"rotation request {again.Number} was sent after {refusals} refusals";

                continue;
            }

            refusals = 0;
            if (WhyNotRepeated(before, again, attempt, wink) is { } why)
                yield return $"rotation request {again.Number} was sent although {why}";

            if (++repeats > MaxRepeats)
                yield return $"there were {repeats} repeats";
        }
    }

    /// <summary>The conditions of a repeat, one by one.</summary>
    private static string? WhyNotRepeated(Exchange lost, Exchange again, Attempt attempt, ModelOfWink wink)
    {
        if (lost.Fate is not { } fate || !Fates.All[fate].MayBeRepeated)
            return $"what came for rotation request {lost.Number} was no lost connection, 5xx or useless response";

        // It is known as the own one only where a read showed the client ID that is signed in.
        var isAsOthers = attempt.Circumstance is Circumstance.Plain or Circumstance.ReadBefore ||
            (attempt.Circumstance == Circumstance.OwnApplication && !WasSeen(attempt.SignedIn, attempt, wink));
        if (!isAsOthers)
            return $"with {attempt.Circumstance} nothing is repeated";

        List<Exchange> reads = [.. attempt.Exchanges.Where(exchange => exchange is { Kind: RequestKind.Read, ArrivedAt: not null })];
        var baseline = reads.FindLast(read => read.ArrivedAt <= lost.WrittenAt && read.BeganAt >= lost.WrittenAt - LongestAge);
        if ((baseline is null ? attempt.Given : (baseline.ClientId!, baseline.BeganAt)) is not var (old, readAt) ||
            readAt < lost.WrittenAt - LongestAge)
        {
            return $"there was no baseline for rotation request {lost.Number}";
        }

        var changed = reads.Find(read => read.BeganAt > lost.WrittenAt && read.ClientId != old);
        if (changed is null || changed.ArrivedAt > again.WrittenAt)
            return "no read had shown a change";

        if (changed.ArrivedAt > readAt + LongestUntilChange)
            return "more than 10 s had passed from the baseline to the read that showed the change";

        var second = reads.FindLast(read => read.ArrivedAt <= again.WrittenAt);
        if (second == changed || second!.BeganAt < changed.ArrivedAt)
            return "there was no second read";

        if (second.ClientId != changed.ClientId)
            return "the second read showed another client ID";

        return wink.Arrived.Exists(one =>
            one.Issue.ClientId == changed.ClientId && one.Exchange.Process == attempt.Process && one.At <= again.WrittenAt)
            ? "this process received the client ID that it revokes"
            : null;
    }

    private static IEnumerable<string> OutcomeIsTrue(Attempt attempt, ModelOfWink wink)
    {
        if (attempt.Rotated is { } rotated)
            return RotatedIsTrue(rotated, attempt, wink);

        return attempt.Failure switch
        {
            null => [],
            RotationOutcomeException failure => FailureIsTrue(failure, attempt, wink),
            OperationCanceledException => Written(attempt).Count == 0 ? [] : ["it says that it was cancelled, but it was sent"],
            var other => [$"it fails with an unexpected {other.GetType()}"],
        };
    }

    private static IEnumerable<string> RotatedIsTrue(RotatedCredential rotated, Attempt attempt, ModelOfWink wink)
    {
        var issue = wink.Issues.Find(one => one.ClientId == rotated.Credential.ClientId && one.Secret == SecretOf(rotated));
        if (issue is null || issue.ApplicationId != ModelOfWink.Application)
        {
            yield return "the credentials that it returns are not those of the application";
            yield break;
        }

        var arrived = wink.Arrived.Find(one => one.Issue == issue && attempt.Exchanges.Contains(one.Exchange));
        // What a cache returns without an age looks new where the client ID was never seen.
        if (arrived is { Exchange.Fate: Fate.Cached } && !WasSeen(issue.ClientId, attempt, wink))
            yield break;

        if (issue.MadeAt < attempt.BeganAt)
            yield return "the credentials that it returns were made before the rotation";

        // Somebody else may rotate while the response is on its way: nobody can tell that from the response.
        var isOvertaken = issue.RevokedAt is not null && wink.Issues.Exists(one =>
            one.ApplicationId == ModelOfWink.Application && one.MadeAt == issue.RevokedAt &&
            (one.MadeBy is null || one.MadeBy != issue.MadeBy));
        if (arrived is null || (issue.RevokedAt < arrived.At && !isOvertaken))
            yield return "the credentials that it returns were not valid when they arrived";

        if (!HasTime(rotated.RotatedAt, attempt))
            yield return $"it names a time of receipt ({rotated.RotatedAt:O}) that is none";

        foreach (var broken in PreviousIsTrue(rotated.PreviousClientId, attempt, wink))
            yield return broken;
    }

    private static IEnumerable<string> FailureIsTrue(RotationOutcomeException failure, Attempt attempt, ModelOfWink wink)
    {
        var name = failure.Outcome;
        var at = failure.At - Timeline.Start;
        var written = Written(attempt);
        if (written is [.., { Fate: var last }] && (last is null || Fates.All[last.Value].IsSound))
            yield return $"{name}, but the response came";

        if (!HasTime(failure.At, attempt))
            yield return $"{name} names a time ({failure.At:O}) that was not in the rotation";

        foreach (var broken in PreviousIsTrue(failure.PreviousClientId, attempt, wink))
            yield return broken;

        var still = failure.ClientId ?? (name == RotationOutcome.NotConfirmed ? failure.PreviousClientId : null);
        var isStill = name is RotationOutcome.Rejected or RotationOutcome.NotConfirmed;
        if (isStill && still is not null && !wink.HadClientId(still, at - Resolution, at + Resolution))
            yield return $"{name} says that the client ID was still {still}, which it was not at {at}";

        if (isStill && still is not null && failure.PreviousClientId is { } previous && still != previous)
            yield return $"{name} says that the client ID was still {still}, but before it was {previous}";

        // A read shows what was so when it began, or until its response arrived.
        var until = attempt.Exchanges.LastOrDefault(one => one.ClientId == failure.ClientId)?.ArrivedAt ?? at;
        if (!isStill && failure.ClientId is { } shown && !wink.HadClientId(shown, at - Resolution, Later(at, until)))
            yield return $"{name} says that a read showed client ID {shown} at {at}, when the application had another one";

        foreach (Match time in Times().Matches(failure.Message))
        {
            var said = TimeSpan.Parse(time.Groups["time"].Value, CultureInfo.InvariantCulture);
            if (said > failure.At.TimeOfDay || failure.At.TimeOfDay >= said + Second)
                yield return $"{name} says {said} in its message, and {failure.At:O} in its properties";
        }

        switch (name)
        {
            case RotationOutcome.NotSent when written.Count > 0:
                yield return "NotSent, but it was sent";
                break;
            case not RotationOutcome.NotSent when written.Count == 0:
                yield return $"{name}, but it was not sent";
                break;
            case RotationOutcome.SecretLost when failure.PreviousClientId is null || !IsRevoked(failure.PreviousClientId):
                yield return "SecretLost, but the old credentials are not revoked";
                break;
            case RotationOutcome.Rejected when written[^1].Fate is { } fate && !IsRefused(fate):
                yield return $"Rejected, but Wink did not refuse it";
                break;
        }

        bool IsRevoked(string clientId) => wink.Issues.Exists(issue => issue.ClientId == clientId && issue.RevokedAt is not null);
    }

    private static IEnumerable<string> PreviousIsTrue(string? clientId, Attempt attempt, ModelOfWink wink)
    {
        var written = Written(attempt);
        // A refusal proves that the request before it did not count.
        var first = written.Find(request => request.Fate is not { } fate || !Fates.All[fate].IsRefusal) ?? written.LastOrDefault();
        var (from, to) = first is null ? (attempt.BeganAt, attempt.EndedAt) : (first.WrittenAt!.Value - LongestAge, first.WrittenAt.Value);
        if (clientId is not null && !wink.HadClientId(clientId, from, to))
            yield return $"it says that the previous client ID was {clientId}, which the application did not have just before";
    }

    /// <summary>Whatever arrived before the deadline, and in one second more, is returned, kept, or in the exception.</summary>
    private static IEnumerable<string> NothingIsLost(Attempt attempt, ModelOfWink wink)
    {
        if (attempt.Process.IsKilled)
            yield break;

        List<RotatedCredential> received = [.. attempt.Doubtful];
        if (attempt.Rotated is { } rotated)
            received.Add(rotated);

        if ((attempt.Failure as RotationOutcomeException)?.Received is { } doubtful)
            received.Add(doubtful);

        foreach (var (issue, exchange, at) in wink.Arrived.Where(arrived => attempt.Exchanges.Contains(arrived.Exchange)))
        {
            if (!received.Exists(one => one.Credential.ClientId == issue.ClientId && SecretOf(one) == issue.Secret))
                yield return $"the credentials {issue.ClientId} that arrived at {at} for rotation request {exchange.Number} are lost";
        }
    }

    private static IEnumerable<string> SecretIsNotShown(Attempt attempt, ModelOfWink wink)
    {
        string[] said =
        [
            .. attempt.Said, $"{attempt.Failure}", $"{attempt.Rotated}", .. attempt.Doubtful.Select(one => $"{one} {one.Doubt}"),
        ];
        return wink.Issues.Exists(issue => said.Any(text => text.Contains(issue.Secret, StringComparison.Ordinal)))
            ? ["a message shows a secret"]
            : [];
    }

    /// <summary>Whether a read of the process had shown the client ID of the application, or a response had brought it.</summary>
    private static bool WasSeen(string clientId, Attempt attempt, ModelOfWink wink) =>
        attempt.Given?.ClientId == clientId ||
        wink.Exchanges.Exists(exchange => exchange.Process == attempt.Process && exchange.ClientId == clientId) ||
        wink.Arrived.Exists(one => one.Exchange.Process == attempt.Process && one.Issue.ClientId == clientId && one.At < attempt.BeganAt);

    private static List<Exchange> Written(Attempt attempt) =>
        [.. attempt.Exchanges.Where(exchange => exchange is { Kind: RequestKind.Rotation, Writes: > 0 })];

    private static bool IsRefused(Fate fate) =>
        fate is Fate.ForbiddenBeforeEffect or Fate.ForbiddenAfterEffect or Fate.TokenRefused or Fate.RateLimited;

    private static bool HasTime(DateTimeOffset at, Attempt attempt) =>
        at - Timeline.Start is var time && time >= attempt.BeganAt - Resolution && time <= attempt.EndedAt + Resolution;

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => (one > other ? one : other) + Resolution;

    private static string SecretOf(RotatedCredential one) => new NetworkCredential("", one.Credential.Secret).Password;

    [GeneratedRegex(@"(?<time>\d\d:\d\d:\d\d) UTC")]
    private static partial Regex Times();
}
