using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>A rotation that was made, with the new credentials. Its secret is in <see cref="Credential"/> and is never shown.</summary>
public sealed class CredentialRotation
{
    /// <summary>Describes a rotation; public for tests of scripts.</summary>
    /// <param name="applicationId">The application's id.</param>
    /// <param name="managingEntityId">The id of the managing entity that owns it.</param>
    /// <param name="credential">The new pair: user name = client id.</param>
    /// <param name="rotatedAt">When the new pair was received, UTC.</param>
    /// <param name="applicationName">The application's name, or null where it couldn't be read.</param>
    /// <param name="previousClientId">The client id that is dead now, or null where it couldn't be read.</param>
    /// <param name="verified">Whether IAM accepted the new pair; null where it wasn't asked.</param>
    /// <param name="doubt">What speaks against it that these are the application's new credentials; null for nothing.</param>
    public CredentialRotation(
        string applicationId,
        string managingEntityId,
        PSCredential credential,
        DateTime rotatedAt,
        string? applicationName = null,
        string? previousClientId = null,
        bool? verified = null,
        string? doubt = null)
    {
        ApplicationId = applicationId;
        ManagingEntityId = managingEntityId;
        Credential = credential;
        RotatedAt = rotatedAt;
        ApplicationName = applicationName;
        PreviousClientId = previousClientId;
        Verified = verified;
        Doubt = doubt;
    }

    /// <summary>The application's id.</summary>
    public string ApplicationId { get; }

    /// <summary>The same as <see cref="ApplicationId"/>.</summary>
    public string Id => ApplicationId;

    /// <summary>The application's name, or null where it couldn't be read.</summary>
    public string? ApplicationName { get; }

    /// <summary>The id of the managing entity that owns the application.</summary>
    public string ManagingEntityId { get; }

    /// <summary>The new pair: user name = client id, password = secret. Wink shows it this once.</summary>
    public PSCredential Credential { get; }

    /// <summary>The new client id.</summary>
    public string ClientId => Credential.UserName;

    /// <summary>The client id that is dead now, or null where it couldn't be read.</summary>
    public string? PreviousClientId { get; }

    /// <summary>When the new pair was received, UTC.</summary>
    public DateTime RotatedAt { get; }

    /// <summary>With -Verify: whether IAM gave a token for the new pair. Null where it wasn't asked or couldn't tell.</summary>
    public bool? Verified { get; }

    /// <summary>
    /// What speaks against it that these are the application's new credentials; null for nothing. Such credentials came in the response to a rotation
    /// that ended as an error. They carry the id that they named, empty where they named none.
    /// </summary>
    public string? Doubt { get; }

    /// <summary>With a doubt: the id of the application that was to be rotated.</summary>
    internal string? RequestedFor { get; init; }

    /// <summary>The same rotation, after IAM was asked about its credentials.</summary>
    internal CredentialRotation With(bool verified) =>
        new(ApplicationId, ManagingEntityId, Credential, RotatedAt, ApplicationName, PreviousClientId, verified, Doubt);
}
