namespace Wink.Client.Tests;

/// <summary>One letter of the alphabet that schedules are made of.</summary>
/// <param name="Kind">The kind of request that it happens to.</param>
/// <param name="Sentence">It as an English sentence, with {0} for the request.</param>
internal sealed record FateInfo(RequestKind Kind, string Sentence)
{
    /// <summary>Whether the contract lets a rotation be repeated after it, if everything else holds.</summary>
    public bool MayBeRepeated { get; init; }

    /// <summary>Whether it proves that Wink did not act, so that the same request is sent again.</summary>
    public bool IsRefusal { get; init; }

    /// <summary>Whether the response is whole, names the application, and arrives in time: then the outcome is Rotated.</summary>
    public bool IsSound { get; init; }

    /// <summary>Whether it is in the small alphabet, of which all long schedules are run.</summary>
    public bool IsBasic { get; init; }
}
