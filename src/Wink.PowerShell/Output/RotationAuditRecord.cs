using Wink.Client;

namespace Wink.PowerShell;

/// <summary>What became of one rotation, for an audit trail on the information stream. It has no secret.</summary>
public sealed class RotationAuditRecord
{
    /// <summary>The tags of the information record that carries it.</summary>
    internal static readonly string[] Tags = ["Wink", "Rotation"];

    /// <summary>When the outcome was known, UTC.</summary>
    public required DateTime At { get; init; }

    /// <summary>The Wink installation and the address of its API.</summary>
    public required string Environment { get; init; }

    /// <summary>The client ID that is signed in; null with an access token, which does not tell it.</summary>
    public string? SignedInAs { get; init; }

    /// <summary>The id of the managing entity that owns the application.</summary>
    public required string ManagingEntityId { get; init; }

    /// <summary>The application's id.</summary>
    public required string ApplicationId { get; init; }

    /// <summary>Its name, on one line; null where it could not be read.</summary>
    public string? ApplicationName { get; init; }

    /// <summary>Rotated, or the name of the error's outcome, such as SecretLost.</summary>
    public required string Outcome { get; init; }

    /// <summary>The client ID before the rotation; null where it is not known.</summary>
    public string? PreviousClientId { get; init; }

    /// <summary>The client ID after it, received or read; null where it is not known.</summary>
    public string? ClientId { get; init; }

    /// <summary>Whether -SaveWith saved the new credentials; null without it.</summary>
    public bool? Saved { get; init; }

    /// <summary>Whether IAM accepted the new credentials; null where it was not asked or could not tell.</summary>
    public bool? Verified { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{At:yyyy-MM-dd'T'HH:mm:ss'Z'} {Outcome}: application {ApplicationReference.Describe(ApplicationName, ApplicationId)} of " +
        $"managing entity {ManagingEntityId} in {Environment}, " +
        $"client ID {PreviousClientId ?? "not known"} -> {ClientId ?? "not known"}" +
        (Saved is { } saved ? saved ? ", saved" : ", NOT saved" : "") +
        (Verified is { } verified ? verified ? ", verified" : ", REFUSED by IAM" : "") +
        (SignedInAs is null ? "" : $", by {SignedInAs}");
}
