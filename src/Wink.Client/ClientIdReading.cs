namespace Wink.Client;

/// <summary>A client ID of an application, and when the application had it.</summary>
/// <param name="ClientId">The client ID; not blank.</param>
/// <param name="ReadAt">
/// When the request was started that read it, or earlier where a cache responded: a timestamp of the connection's
/// <see cref="TimeProvider"/>.
/// </param>
public sealed record ClientIdReading(string ClientId, long ReadAt)
{
    /// <summary>
    /// The reading in a description; null where it says nothing of the application: it is that of another, or its client ID is blank.
    /// </summary>
    /// <param name="application">The application.</param>
    /// <param name="description">Its description, as a server sent it.</param>
    public static ClientIdReading? Of(ApplicationReference application, Application description) =>
        application.HasId(description.Id) && !string.IsNullOrWhiteSpace(description.ClientId)
            ? new ClientIdReading(description.ClientId, description.ReadAt)
            : null;

    /// <summary><see cref="ReadAt"/> as UTC.</summary>
    internal DateTime ReadAtUtc(TimeProvider time) => time.GetUtcNow().UtcDateTime - time.GetElapsedTime(ReadAt);

    /// <summary>
    /// Whether this is the same client ID. A rotation makes a new one, so a server that only writes it differently, in another case or with
    /// a space around it, shows the same.
    /// </summary>
    /// <param name="clientId">Another client ID, or null.</param>
    public bool Is(string? clientId) => AreSame(ClientId, clientId);

    /// <inheritdoc cref="Is"/>
    public static bool AreSame(string? one, string? another) =>
        string.Equals(one?.Trim(), another?.Trim(), StringComparison.OrdinalIgnoreCase);
}
