namespace Wink.Client;

/// <summary>Names one application: the managing entity that owns it, and its own identifier.</summary>
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

    /// <summary>Whether this is the application's id. Case is ignored: most identifiers are GUIDs.</summary>
    public bool HasId(string? applicationId) => string.Equals(ApplicationId, applicationId, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override string ToString() => $"application {ApplicationId} of managing entity {ManagingEntityId}";
}
