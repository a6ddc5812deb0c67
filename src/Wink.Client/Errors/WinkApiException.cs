using System.Net;

namespace Wink.Client;

/// <summary>The API sent a response, but not the one that was asked for.</summary>
public sealed class WinkApiException : WinkException
{
    internal WinkApiException(HttpStatusCode statusCode, ProblemDetail problem, TimeSpan? retryAfter = null)
        : base($"Wink responded with {(int)statusCode}{(problem.Summary is { } summary ? $": {summary.TrimEnd('.')}" : "")}.")
    {
        StatusCode = statusCode;
        Problem = problem;
        RetryAfter = retryAfter;
    }

    /// <summary>The response's HTTP status. With a 2xx, its body was not usable.</summary>
    public HttpStatusCode StatusCode { get; }

    /// <summary>What Wink said about the problem; its members are null where it said nothing.</summary>
    public ProblemDetail Problem { get; }

    /// <summary>
    /// True when Wink says that what was asked for is not there, is not visible to this token, or was moved. A 404 without a problem detail
    /// may come from a gateway.
    /// </summary>
    public bool IsNotFound => StatusCode == HttpStatusCode.NotFound && Problem != ProblemDetail.None;

    /// <summary>With 429: how long Wink asked to wait; null where it did not say.</summary>
    public TimeSpan? RetryAfter { get; }
}
