using System.Net;
using System.Text.Json;

namespace Wink.Client;

/// <summary>An answer's status and as much of its body as arrived. Disposing it clears the body.</summary>
internal sealed class WireAnswer(HttpStatusCode status) : IDisposable
{
    /// <summary>The most that is read of one body. A rotation's answer is a few hundred bytes.</summary>
    public const int LargestBody = 1024 * 1024;

    private readonly SecretBuffer _body = new();

    public HttpStatusCode Status => status;

    public bool IsSuccess => (int)status is >= 200 and < 300;

    /// <summary>With 429: how long to wait before the next try (RFC 9110 section 10.2.3: seconds or a date); null where nothing is said.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    public ReadOnlySpan<byte> Body => _body.Written;

    /// <summary>Why the body ended early or could not be read, or null when all of it, or all that is read, is there.</summary>
    public Exception? BodyFailure { get; private set; }

    public static async Task<WireAnswer> ReadAsync(
        HttpResponseMessage message, Func<Stream, CancellationToken, Task>? readBody, CancellationToken cancellationToken)
    {
        var answer = new WireAnswer(message.StatusCode) { RetryAfter = Wait(message) };
        try
        {
            var stream = await message.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            if (readBody is not null && answer.IsSuccess)
                await readBody(stream, cancellationToken).ConfigureAwait(false);
            else
                await answer._body.FillAsync(stream, LargestBody, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException or OperationCanceledException)
        {
            answer.BodyFailure = failure;
        }

        return answer;
    }

    /// <summary>Says why this answer is not the one that was asked for. Of the body it tells a problem detail at most.</summary>
    public WinkApiException Failure()
    {
        if (!IsSuccess)
            return new WinkApiException(status, ProblemDetail.Read(Body), RetryAfter);

        var reason = BodyFailure switch
        {
            null or JsonException => "its answer could not be used",
            OperationCanceledException => "its answer did not end in time",
            _ => "its answer was cut short",
        };
        return new WinkApiException(status, new ProblemDetail { Detail = reason });
    }

    public void Dispose() => _body.Dispose();

    private static TimeSpan? Wait(HttpResponseMessage message)
    {
        if (message.StatusCode != HttpStatusCode.TooManyRequests || message.Headers.RetryAfter is not { } asked)
            return null;

        var wait = asked.Delta ?? asked.Date - DateTimeOffset.UtcNow;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
