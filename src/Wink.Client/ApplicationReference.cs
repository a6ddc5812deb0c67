using System.Text.RegularExpressions;

namespace Wink.Client;

/// <summary>Names one application: the managing entity that owns it, and its own identifier.</summary>
/// <remarks>Both become parts of a request's path, so nothing that could change that path is let in.</remarks>
public sealed partial record ApplicationReference
{
    /// <summary>Names an application.</summary>
    /// <param name="managingEntityId">The identifier of the managing entity that owns the application.</param>
    /// <param name="applicationId">The identifier of the application.</param>
    /// <exception cref="ArgumentException">An identifier has other characters than letters, digits, '.', '_', '~' and '-', or is '.' or '..'.</exception>
    public ApplicationReference(string managingEntityId, string applicationId)
    {
        ManagingEntityId = Checked(managingEntityId, "managing entity id");
        ApplicationId = Checked(applicationId, "application id");
    }

    /// <summary>The identifier of the managing entity that owns the application.</summary>
    public string ManagingEntityId { get; }

    /// <summary>The identifier of the application.</summary>
    public string ApplicationId { get; }

    /// <inheritdoc/>
    public override string ToString() => $"application {ApplicationId} of managing entity {ManagingEntityId}";

    private static string Checked(string identifier, string kind) =>
        SafeInAPath().IsMatch(identifier) && identifier is not ("." or "..")
            ? identifier
            : throw new ArgumentException(
                $"'{identifier}' is not a valid {kind}: only letters, digits, '.', '_', '~' and '-' may stand in it. Nothing was sent.");

    [GeneratedRegex(@"\A[A-Za-z0-9._~-]+\z")]
    private static partial Regex SafeInAPath();
}
