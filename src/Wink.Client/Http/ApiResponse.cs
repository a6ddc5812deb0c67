using System.Net;
using System.Text.Json;

namespace Wink.Client;

/// <summary>A response's status and as much of its body as was received. Disposing it clears the body.</summary>
internal sealed class ApiResponse(HttpStatusCode status) : IDisposable
{
    /// <summary>The most that is read of one body, in bytes. A rotation's response has a few hundred.</summary>
    public const int LargestBody = 1024 * 1024;

    private SecretBuffer _body = new();

    public HttpStatusCode Status => status;

    public bool IsSuccess => (int)status is >= 200 and < 300;

    /// <summary>
    /// With 429: how long to wait before the next attempt (RFC 9110 section 10.2.3: seconds or a date); null where Wink did not say.
    /// </summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>
    /// True when a cache says that the response comes from it (RFC 9111 section 5.1). Some caches say so of each response that passes
    /// through them.
    /// </summary>
    public bool HasAge { get; private init; }

    /// <summary>
    /// The earliest time at which the server may have made the response, as a timestamp: when its request was started, or earlier by the
    /// age that a cache tells; long ago where a cache tells an age that is none.
    /// </summary>
    public long GeneratedAt { get; private init; }

    /// <summary>True when the body is shorter than was announced, or nothing confirms how it was encoded.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>The body without its content codings.</summary>
    public ReadOnlySpan<byte> Body => _body.Written;

    /// <summary>Why the body ended early or could not be read; null when it was read completely or up to the limit.</summary>
    public Exception? BodyFailure { get; private set; }

    public static async Task<ApiResponse> ReadAsync(
        HttpResponseMessage message,
        Action<ApiResponse>? received,
        Func<ApiResponse, Stream, CancellationToken, Task>? readBody,
        TimeProvider time,
        long startedAt,
        CancellationToken cancellationToken)
    {
        var response = new ApiResponse(message.StatusCode)
        {
            RetryAfter = Wait(message, time),
            HasAge = message.Headers.Contains("Age"),
            GeneratedAt = TimeOf(message, startedAt, time),
        };
        received?.Invoke(response);
        var codings = message.Content.Headers.ContentEncoding;
        try
        {
            var stream = await message.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            if (readBody is not null && response.IsSuccess)
                await readBody(response, ContentCoding.Decode(stream, codings), cancellationToken).ConfigureAwait(false);
            else
                await response._body.FillAsync(stream, LargestBody, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (
            failure is HttpRequestException or IOException or InvalidDataException or InvalidOperationException or JsonException
                or OperationCanceledException)
        {
            response.BodyFailure = failure;
        }

        response._body = ContentCoding.Decode(response._body, codings, LargestBody, out var isDamaged);
        // A body that lacks its end may lack bytes anywhere.
        response._body = Charset.ToUtf8(response._body, message.Content.Headers.ContentType?.CharSet, LargestBody, out var isGuess);
        response.IsDamaged = isDamaged || isGuess || response.BodyFailure is not null;
        return response;
    }

    /// <summary>Says why this response is not the one that was asked for. Of the body it quotes a problem detail at most.</summary>
    /// <param name="text">Cleans text from the body.</param>
    public WinkApiException Failure(ServerText text) =>
        IsSuccess ? Failure(WhyUnusable()) : new WinkApiException(status, text.ReadProblem(Body), RetryAfter);

    /// <summary>Says why this is not the response that was asked for, where the request or the response has a secret.</summary>
    /// <remarks>It quotes nothing: any text in the response may be, or hold, the secret.</remarks>
    public WinkApiException Refusal()
    {
        if (IsSuccess)
            return Failure(WhyUnusable());

        var problem = Body.IsEmpty
            ? ProblemDetail.None
            : new ProblemDetail { Detail = "what it says is not shown, as it may hold a secret" };
        return new WinkApiException(status, problem, RetryAfter);
    }

    /// <summary>Says, in our own words, why this response is not the one that was asked for.</summary>
    public WinkApiException Failure(string reason) => new(status, new ProblemDetail { Detail = reason });

    public void Dispose() => _body.Dispose();

    private string WhyUnusable() => BodyFailure switch
    {
        null or JsonException or InvalidDataException or InvalidOperationException => "its response could not be used",
        OperationCanceledException => "its response did not end in time",
        _ => "its response was cut short",
    };

    private static long TimeOf(HttpResponseMessage message, long startedAt, TimeProvider time)
    {
        if (!message.Headers.Contains("Age"))
            return startedAt;

        // An age is in whole seconds.
        var age = message.Headers.Age + TimeSpan.FromSeconds(1) ?? TimeSpan.FromDays(365);
        return startedAt - (long)(age.TotalSeconds * time.TimestampFrequency);
    }

    private static TimeSpan? Wait(HttpResponseMessage message, TimeProvider time)
    {
        if (message.StatusCode != HttpStatusCode.TooManyRequests || message.Headers.RetryAfter is not { } asked)
            return null;

        // Both dates are those of the server's clock, which need not be right.
        var wait = asked.Delta ?? asked.Date - (message.Headers.Date ?? time.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
