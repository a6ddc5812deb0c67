namespace Wink.Client;

/// <summary>The addresses of one Wink installation: its API and its IAM (the OAuth2 server).</summary>
public sealed record WinkEndpoints
{
    /// <summary>The production hosts, as Wink documents them.</summary>
    public static WinkEndpoints Production { get; } =
        new("Production", new Uri("https://api.wink.travel"), new Uri("https://iam.wink.travel"));

    /// <summary>The staging hosts, as Wink documents them. They are stopped when unused and can take a minute to start.</summary>
    public static WinkEndpoints Staging { get; } =
        new("Staging", new Uri("https://staging-api.wink.travel"), new Uri("https://staging-iam.wink.travel"));

    private WinkEndpoints(string name, Uri api, Uri iam)
    {
        Name = name;
        Api = Checked(api);
        Iam = Checked(iam);
    }

    /// <summary>The name of this installation: Production, Staging or Custom.</summary>
    public string Name { get; }

    /// <summary>The base URI of the API.</summary>
    public Uri Api { get; }

    /// <summary>The base URI of IAM.</summary>
    public Uri Iam { get; }

    /// <summary>An installation at other addresses.</summary>
    /// <param name="api">The base URI of the API: https, or http on loopback.</param>
    /// <param name="iam">The base URI of IAM: https, or http on loopback.</param>
    /// <exception cref="ArgumentException">
    /// A URI is relative, is not encrypted, or has a query, a fragment or user information.
    /// </exception>
    public static WinkEndpoints Custom(Uri api, Uri iam) => new("Custom", api, iam);

    /// <summary>The installation of that name.</summary>
    /// <param name="name">Production or Staging, in any case.</param>
    /// <exception cref="ArgumentException">Wink has no installation of that name.</exception>
    public static WinkEndpoints Named(string name) =>
        new[] { Production, Staging }.FirstOrDefault(known => string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"There is no Wink environment '{TerminalText.OneLine(name)}'; there are Production and Staging.");

    private static Uri Checked(Uri uri)
    {
        if (!uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
            throw new ArgumentException($"'{uri.OriginalString}' is not an absolute https:// address.");

        if (uri.Scheme == Uri.UriSchemeHttp && !uri.IsLoopback)
            throw new ArgumentException(
                $"'{uri.OriginalString}' would send secrets in the clear. Use https://; http:// is for loopback only.");

        if (uri.UserInfo.Length > 0)
            throw new ArgumentException($"The address of '{uri.Host}' carries a user name or password. Leave it out of the address.");

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
            throw new ArgumentException($"'{uri.OriginalString}' has a query or a fragment. Give the base address only.");

        return uri;
    }
}
