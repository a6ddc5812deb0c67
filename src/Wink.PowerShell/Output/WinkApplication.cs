using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>An application. It binds by its properties to Invoke-WinkCredentialRotation.</summary>
public sealed class WinkApplication
{
    private readonly LiveConnection? _connection;

    /// <summary>Describes an application; public for tests of scripts.</summary>
    /// <param name="managingEntityId">The id of the managing entity that owns it.</param>
    /// <param name="applicationId">Its id.</param>
    /// <param name="name">Its name.</param>
    /// <param name="clientId">The client ID of the valid credentials.</param>
    /// <param name="scopes">The scopes that it may ask for.</param>
    /// <param name="redirectUris">Where a browser may be sent after signing in.</param>
    /// <param name="postLogoutRedirectUris">Where a browser may be sent after signing out.</param>
    /// <param name="ownerId">The id of the company that owns it.</param>
    /// <param name="ownerName">The name of the company that owns it.</param>
    public WinkApplication(
        string managingEntityId,
        string applicationId,
        string? name = null,
        string? clientId = null,
        string[]? scopes = null,
        string[]? redirectUris = null,
        string[]? postLogoutRedirectUris = null,
        string? ownerId = null,
        string? ownerName = null)
        : this(managingEntityId, connection: null, new Application
        {
            Id = applicationId,
            Name = name,
            ClientId = clientId,
            Scopes = scopes,
            RedirectUris = redirectUris,
            PostLogoutRedirectUris = postLogoutRedirectUris,
            OwnerIdentifier = ownerId,
            OwnerName = ownerName,
        })
    {
    }

    /// <param name="managingEntityId">The id of the managing entity that owns it.</param>
    /// <param name="connection">The connection that it was read over.</param>
    /// <param name="application">Its description.</param>
    internal WinkApplication(string managingEntityId, LiveConnection? connection, Application application)
    {
        ApplicationId = application.Id ?? "";
        ManagingEntityId = managingEntityId;
        _connection = connection;
        Description = application;
        Scopes = Present(application.Scopes);
        RedirectUris = Present(application.RedirectUris);
        PostLogoutRedirectUris = Present(application.PostLogoutRedirectUris);
    }

    /// <summary>The id of the managing entity that owns it.</summary>
    public string ManagingEntityId { get; }

    /// <summary>The application's id.</summary>
    public string ApplicationId { get; }

    /// <summary>The same as <see cref="ApplicationId"/>. Hidden, so that Export-Csv does not write it twice.</summary>
    [Hidden]
    public string Id => ApplicationId;

    /// <summary>Its name.</summary>
    public string? Name => Description.Name;

    /// <summary>The client ID of the credentials that were valid when it was read.</summary>
    public string? ClientId => Description.ClientId;

    /// <summary>The scopes that it may ask for.</summary>
    public IReadOnlyList<string> Scopes { get; }

    /// <summary>Where a browser may be sent after signing in.</summary>
    public IReadOnlyList<string> RedirectUris { get; }

    /// <summary>Where a browser may be sent after signing out.</summary>
    public IReadOnlyList<string> PostLogoutRedirectUris { get; }

    /// <summary>The id of the company that owns it.</summary>
    public string? OwnerId => Description.OwnerIdentifier;

    /// <summary>The name of the company that owns it.</summary>
    public string? OwnerName => Description.OwnerName;

    /// <summary>The id of the user that it belongs to.</summary>
    public string? UserId => Description.UserIdentifier;

    /// <summary>The id of its icon.</summary>
    public string? IconId => Description.IconIdentifier;

    /// <summary>The API that it was read from; null for one that a script described. At another one it is not rotated.</summary>
    public Uri? ApiUri => _connection?.Endpoints.Api;

    /// <summary>Its description from Wink.</summary>
    internal Application Description { get; }

    /// <inheritdoc/>
    public override string ToString() => ApplicationId;

    /// <summary>Whether this application was read over this connection so recently that a rotation need not read it again.</summary>
    internal bool IsFresh(ApplicationReference reference, LiveConnection connection) =>
        _connection == connection && ManagingEntityId == reference.ManagingEntityId &&
        ClientIdReading.Of(reference, Description) is { } reading && connection.Client.IsFresh(reference, reading);

    private static TextList Present(IReadOnlyList<string?>? texts) => new([.. texts?.OfType<string>() ?? []]);
}
