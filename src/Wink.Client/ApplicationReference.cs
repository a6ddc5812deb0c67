namespace Wink.Client;

/// <summary>
/// Names one application: the managing entity that owns it, and its own identifier. Two references with the same identifiers are equal,
/// whatever else they have.
/// </summary>
public sealed record ApplicationReference
{
    /// <summary>Names an application.</summary>
    /// <param name="managingEntityId">The identifier of the managing entity that owns the application.</param>
    /// <param name="applicationId">The identifier of the application.</param>
    /// <exception cref="ArgumentException">
    /// An identifier has other characters than letters, digits, '.', '_', '~' and '-', or is '.' or '..'.
    /// </exception>
    public ApplicationReference(string managingEntityId, string applicationId)
    {
        ManagingEntityId = ResourceIdentifier.Validate(managingEntityId, ResourceIdentifier.ManagingEntity);
        ApplicationId = ResourceIdentifier.Validate(applicationId, ResourceIdentifier.Application);
    }

    /// <summary>The identifier of the managing entity that owns the application.</summary>
    public string ManagingEntityId { get; }

    /// <summary>The identifier of the application.</summary>
    public string ApplicationId { get; }

    /// <summary>The name that people know the application by; null where it was not read.</summary>
    public string? Name { get; init; }

    /// <summary>The API that the application is at; null where that is not known. At another one it is not rotated.</summary>
    public Uri? ApiUri { get; init; }

    /// <summary>Whether this is the application's id. Case is ignored: most identifiers are GUIDs.</summary>
    public bool HasId(string? applicationId) => string.Equals(ApplicationId, applicationId, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether both have the same identifiers.</summary>
    public bool Equals(ApplicationReference? other) =>
        other is not null && ManagingEntityId == other.ManagingEntityId && ApplicationId == other.ApplicationId;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ManagingEntityId, ApplicationId);

    /// <inheritdoc/>
    public override string ToString() => $"application {Describe(Name, ApplicationId)} of managing entity {ManagingEntityId}";

    /// <summary>An application as messages show it: its name, where it is known, and its id.</summary>
    /// <param name="name">Its name, or null.</param>
    /// <param name="applicationId">Its id.</param>
    public static string Describe(string? name, string applicationId) =>
        TerminalText.OneLine(name) is { } known ? $"'{known}' ({applicationId})" : applicationId;
}
