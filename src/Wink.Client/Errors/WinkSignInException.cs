using System.Net;

namespace Wink.Client;

/// <summary>IAM responded to the request for an access token, but gave none.</summary>
public sealed class WinkSignInException : WinkException
{
    internal WinkSignInException(HttpStatusCode statusCode, string? error, string message) : base(message)
    {
        StatusCode = statusCode;
        Error = error;
    }

    /// <summary>The response's HTTP status.</summary>
    public HttpStatusCode StatusCode { get; }

    /// <summary>
    /// The error code of RFC 6749 section 5.2, such as <c>invalid_client</c> or <c>invalid_scope</c>; null where it gave none of these.
    /// </summary>
    public string? Error { get; }
}
