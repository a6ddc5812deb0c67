using System.Net;

namespace Wink.Client;

/// <summary>The API answered, but not with what was asked for.</summary>
public sealed class WinkApiException : WinkException
{
    internal WinkApiException(HttpStatusCode statusCode, ProblemDetail problem, TimeSpan? retryAfter = null)
        : base($"Wink answered {(int)statusCode}{(problem.Summary is { } summary ? $": {summary.TrimEnd('.')}" : "")}.")
    {
        StatusCode = statusCode;
        Problem = problem;
        RetryAfter = retryAfter;
    }

    /// <summary>The answer's HTTP status. With a 2xx, the answer's body was not usable.</summary>
    public HttpStatusCode StatusCode { get; }

    /// <summary>What Wink said about the problem; its members are null where it said nothing.</summary>
    public ProblemDetail Problem { get; }

    /// <summary>With 429: how long Wink asked to wait; null where it asked for nothing.</summary>
    public TimeSpan? RetryAfter { get; }
}
