namespace Wink.Client.Tests;

/// <summary>One step of a schedule: what happens to one request. All others are answered at once and truly.</summary>
/// <param name="Number">Which request of its kind it is, from 1 on.</param>
/// <param name="Fate">What happens to it.</param>
public sealed record ScheduleStep(int Number, Fate Fate)
{
    internal RequestKind Kind => Fates.All[Fate].Kind;

    public override string ToString()
    {
        var request = Kind switch
        {
            RequestKind.Rotation => "rotation request",
            RequestKind.Read => "read",
            _ => "token request",
        };
        var sentence = Fates.All[Fate].Sentence.Replace("{0}", $"{request} {Number}", StringComparison.Ordinal);
        return $"{char.ToUpperInvariant(sentence[0])}{sentence[1..]}.";
    }
}
