namespace Wink.Client.Tests;

/// <summary>Credentials that Wink made.</summary>
/// <param name="ApplicationId">Of which application.</param>
/// <param name="ClientId">The client ID.</param>
/// <param name="Secret">The client secret.</param>
/// <param name="MadeAt">When.</param>
/// <param name="MadeBy">The rotation request that made them; null where it was somebody else.</param>
internal sealed record Issue(string ApplicationId, string ClientId, string Secret, TimeSpan MadeAt, Exchange? MadeBy)
{
    /// <summary>When they were revoked; null while they are valid.</summary>
    public TimeSpan? RevokedAt { get; set; }

    public string Json => $$"""{"id":"{{ApplicationId}}","clientId":"{{ClientId}}","secretKey":"{{Secret}}"}""";

    public bool WasValid(TimeSpan from, TimeSpan to) => MadeAt <= to && (RevokedAt ?? TimeSpan.MaxValue) >= from;
}
