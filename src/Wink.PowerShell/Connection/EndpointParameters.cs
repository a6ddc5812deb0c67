using Wink.Client;

namespace Wink.PowerShell;

/// <summary>The addresses that the parameters -Environment, -ApiUri and -IamUri give.</summary>
internal static class EndpointParameters
{
    /// <param name="environment">-Environment.</param>
    /// <param name="apiUri">-ApiUri.</param>
    /// <param name="iamUri">-IamUri.</param>
    /// <param name="otherwise">The environment where none of them is given.</param>
    /// <exception cref="ArgumentException">They do not go together, or an address is not allowed.</exception>
    public static WinkEndpoints Endpoints(string? environment, Uri? apiUri, Uri? iamUri, string otherwise)
    {
        if ((apiUri is null) != (iamUri is null))
            throw new ArgumentException("-ApiUri and -IamUri go together: give both or neither.");

        if (apiUri is null || iamUri is null)
            return WinkEndpoints.Named(environment ?? otherwise);

        return environment is null
            ? WinkEndpoints.Custom(apiUri, iamUri)
            : throw new ArgumentException("Give either -Environment or -ApiUri and -IamUri.");
    }
}
