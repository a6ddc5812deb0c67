namespace Wink.Client;

/// <summary>Tells which application is signed in.</summary>
internal sealed class OwnApplication(AccessTokenProvider tokens, KnownApplications known)
{
    /// <summary>
    /// Whether it is this application, as far as is known: it has the client ID that is signed in, or had it. A read may lag behind a
    /// rotation, and another connection of this process may have rotated it.
    /// </summary>
    /// <param name="application">The application.</param>
    /// <param name="clientId">Its client ID, as it was read; null where it was not.</param>
    public bool Is(ApplicationReference application, string? clientId) =>
        tokens.ClientIds.Any(own => ClientIdReading.AreSame(own, clientId) || known.HadClientId(application, own));
}
