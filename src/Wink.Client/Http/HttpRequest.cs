using System.Net.Http.Headers;

namespace Wink.Client;

/// <summary>One HTTP request: a GET, or a POST of a form.</summary>
/// <param name="Uri">The whole URI.</param>
/// <param name="SetHeaders">Sets its headers.</param>
public sealed record HttpRequest(Uri Uri, Action<HttpRequestHeaders> SetHeaders)
{
    /// <summary>The form to post; null for a GET.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>>? Form { get; init; }

    /// <summary>Is called with the status and the headers of the response, before its body is read; may be null.</summary>
    internal Action<ApiResponse>? Received { get; init; }

    /// <summary>The HTTP method.</summary>
    internal string Method => Form is null ? "GET" : "POST";
}
