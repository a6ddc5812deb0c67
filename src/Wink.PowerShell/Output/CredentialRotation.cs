using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>A rotation with the new credentials. Their secret is in <see cref="Credential"/> and is never shown.</summary>
public sealed class CredentialRotation
{
    /// <summary>Describes a rotation; public for tests of scripts.</summary>
    /// <param name="applicationId">The application's id.</param>
    /// <param name="managingEntityId">The id of the managing entity that owns it.</param>
    /// <param name="credential">The new credentials: user name = client ID.</param>
    /// <param name="rotatedAt">When the new credentials were received, UTC.</param>
    /// <param name="applicationName">The application's name, or null where it could not be read.</param>
    /// <param name="previousClientId">The client ID of the revoked credentials, or null where it could not be read.</param>
    /// <param name="verified">Whether IAM accepted the new credentials; null where it was not asked.</param>
    /// <param name="doubt">Why these may not be the application's new credentials; null where there is no doubt.</param>
    /// <param name="saved">Whether -SaveWith saved the new credentials; null without it.</param>
    /// <param name="isRehearsal">Whether this is the rehearsal of -RehearseSave, with the current credentials.</param>
    /// <param name="apiUri">The API that it was sent to.</param>
    public CredentialRotation(
        string applicationId,
        string managingEntityId,
        PSCredential credential,
        DateTime rotatedAt,
        string? applicationName = null,
        string? previousClientId = null,
        bool? verified = null,
        string? doubt = null,
        bool? saved = null,
        bool isRehearsal = false,
        Uri? apiUri = null)
    {
        ApplicationId = applicationId;
        ManagingEntityId = managingEntityId;
        Credential = credential;
        RotatedAt = rotatedAt;
        // PowerShell makes an empty text of a script's $null.
        ApplicationName = NullIfEmpty(applicationName);
        PreviousClientId = NullIfEmpty(previousClientId);
        Verified = verified;
        Doubt = NullIfEmpty(doubt);
        Saved = saved;
        IsRehearsal = isRehearsal;
        ApiUri = apiUri;
    }

    private CredentialRotation(CredentialRotation other)
        : this(
            other.ApplicationId,
            other.ManagingEntityId,
            other.Credential,
            other.RotatedAt,
            other.ApplicationName,
            other.PreviousClientId,
            other.Verified,
            other.Doubt,
            other.Saved,
            other.IsRehearsal,
            other.ApiUri) => RequestedFor = other.RequestedFor;

    /// <summary>The application's id.</summary>
    public string ApplicationId { get; }

    /// <summary>The same as <see cref="ApplicationId"/>. Hidden, so that Export-Csv does not write it twice.</summary>
    [Hidden]
    public string Id => ApplicationId;

    /// <summary>The application's name, or null where it could not be read.</summary>
    public string? ApplicationName { get; }

    /// <summary>The id of the managing entity that owns the application.</summary>
    public string ManagingEntityId { get; }

    /// <summary>The new credentials: user name = client ID, password = secret. Wink shows the secret only once.</summary>
    public PSCredential Credential { get; private init; }

    /// <summary>The new client ID.</summary>
    public string ClientId => Credential.UserName;

    /// <summary>The client ID of the revoked credentials, or null where it could not be read.</summary>
    public string? PreviousClientId { get; }

    /// <summary>When the new credentials were received, UTC.</summary>
    public DateTime RotatedAt { get; }

    /// <summary>With -SaveWith: whether it saved the new credentials. Null without it.</summary>
    public bool? Saved { get; private init; }

    /// <summary>With -Verify: whether IAM gave a token for the new credentials. Null where it was not asked or could not tell.</summary>
    public bool? Verified { get; private init; }

    /// <summary>
    /// True for the rehearsal of -RehearseSave: <see cref="Credential"/> has the current credentials then, and nothing was rotated yet.
    /// </summary>
    public bool IsRehearsal { get; }

    /// <summary>
    /// Why these may not be the application's new credentials; null where there is no doubt. Doubtful credentials were received in the
    /// response to a rotation that failed. Their application id is the one that the response named, empty where it named none.
    /// </summary>
    public string? Doubt { get; }

    /// <summary>The API that the rotation was sent to. At another one, Invoke-WinkCredentialRotation does not rotate it.</summary>
    public Uri? ApiUri { get; }

    /// <summary>For doubtful credentials: the id of the application that was to be rotated.</summary>
    internal string? RequestedFor { get; init; }

    /// <summary>The application, as the subject of a sentence.</summary>
    internal string Subject => $"Application {ApplicationReference.Describe(ApplicationName, ApplicationId)}";

    /// <summary>A sentence for a log: what was rotated, when, and whether it is saved; no secret.</summary>
    public override string ToString() => IsRehearsal
        ? $"{Subject}: a rehearsal with the current credentials (client ID {TerminalText.OneLine(ClientId)}); nothing was rotated."
        : Doubt ?? $"{Subject} was rotated at {RotatedAt:u}: " +
            (TerminalText.OneLine(PreviousClientId) is { } previous ? $"client ID {previous} was revoked, " : "") +
            $"{TerminalText.OneLine(ClientId)} was issued" +
            Saved switch { true => ", saved", false => ", NOT saved", null => "" } +
            Verified switch { true => ", verified", false => ", REFUSED by IAM", null => "" } + ".";

    /// <summary>The same rotation with a secret of its own: a script may dispose the one that it was given.</summary>
    internal CredentialRotation Copy() => new(this) { Credential = new PSCredential(ClientId, Credential.Password.Copy()) };

    /// <summary>The same rotation with the result of the verification.</summary>
    internal CredentialRotation WithVerified(bool verified) => new(this) { Verified = verified };

    /// <summary>The same rotation with the result of -SaveWith.</summary>
    internal CredentialRotation WithSaved(bool saved) => new(this) { Saved = saved };

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
