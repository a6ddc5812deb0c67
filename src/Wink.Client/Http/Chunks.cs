using System.Buffers.Text;

namespace Wink.Client;

/// <summary>
/// Joins the chunks of a body (RFC 9112 section 7.1) up to the first broken one. HttpClient drops the chunks before a broken one, too.
/// </summary>
internal static class Chunks
{
    /// <summary>The data of the chunks after the response's head. Where the body is not chunked, everything after the head.</summary>
    /// <param name="response">A response as it was received.</param>
    /// <param name="limit">The most that is joined, in bytes.</param>
    public static SecretBuffer Join(ReadOnlySpan<byte> response, int limit)
    {
        var data = new SecretBuffer();
        var body = response[EndOfHead(response)..];
        var rest = body;
        while (Utf8Parser.TryParse(rest, out int size, out _, 'x') && size > 0 && rest.IndexOf((byte)'\n') is >= 0 and var endOfLine)
        {
            var chunk = rest[(endOfLine + 1)..];
            data.Append(chunk[..Math.Min(size, chunk.Length)], limit);
            // The line break after the data.
            rest = chunk.Length > size ? chunk[size..].TrimStart("\r\n"u8) : [];
        }

        if (data.Written.IsEmpty)
            data.Append(body, limit);

        return data;
    }

    private static int EndOfHead(ReadOnlySpan<byte> response)
    {
        var end = response.IndexOf("\r\n\r\n"u8);
        return end < 0 ? 0 : end + "\r\n\r\n".Length;
    }
}
