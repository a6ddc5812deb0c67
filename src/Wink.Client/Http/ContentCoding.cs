using System.IO.Compression;

namespace Wink.Client;

/// <summary>
/// Undoes the content codings of a body (RFC 9110 section 8.4). The client does not ask for any, but a gateway may add one.
/// </summary>
internal static class ContentCoding
{
    /// <summary>More than any chain of gateways adds.</summary>
    private const int MaxCodings = 10;

    /// <summary>A stream that undoes the codings that the body's header names. A coding that is not known is skipped.</summary>
    /// <param name="body">The body as it arrives.</param>
    /// <param name="codings">Content-Encoding: in the order in which they were applied.</param>
    public static Stream Decode(Stream body, IEnumerable<string> codings) =>
        codings.Reverse().Aggregate(body, (stream, coding) => Decoder(coding, stream) ?? stream);

    /// <summary>
    /// Undoes the codings of a body, as far as it was received. The header may be wrong: a coding that it names but that is not there is
    /// skipped, and a coding that it does not name is recognized by its first bytes.
    /// </summary>
    /// <param name="body">The body. It is disposed when a decoded one replaces it.</param>
    /// <param name="codings">Content-Encoding: in the order in which they were applied.</param>
    /// <param name="limit">The most that is decoded, in bytes.</param>
    /// <param name="isDamaged">True when a coding ended early, or its checksum does not confirm what was decoded.</param>
    public static SecretBuffer Decode(SecretBuffer body, IEnumerable<string> codings, int limit, out bool isDamaged)
    {
        isDamaged = false;
        var named = new Stack<string>(codings.Take(MaxCodings));
        for (var left = MaxCodings; left > 0; left--)
        {
            var coding = named.TryPop(out var next) ? next : DetectCoding(body.Written);
            if (coding is null)
                break;

            var decoded = new SecretBuffer();
            var isWhole = TryDecode(coding, body, decoded, limit) && Checksum.Confirms(coding, body.Written, decoded.Written);
            if (decoded.Written.IsEmpty)
            {
                decoded.Dispose();
            }
            else
            {
                isDamaged |= !isWhole;
                body.Dispose();
                body = decoded;
            }
        }

        return body;
    }

    private static bool TryDecode(string coding, SecretBuffer body, SecretBuffer decoded, int limit)
    {
        try
        {
            using var source = body.OpenRead();
            using var decoder = Decoder(coding, source);
            if (decoder is not null)
                decoded.Fill(decoder, limit);

            return decoder is not null;
        }
        catch (Exception)
        {
            // Cut short, or not coded at all, or a library cannot be loaded. What was decoded before that counts.
            return false;
        }
    }

    private static Stream? Decoder(string coding, Stream stream) => coding.ToUpperInvariant() switch
    {
        "GZIP" or "X-GZIP" => new GZipStream(stream, CompressionMode.Decompress),
        "BR" => new BrotliStream(stream, CompressionMode.Decompress),
        // RFC 9110 section 8.4.1.2: the zlib format, but some servers send deflate data without it.
        "DEFLATE" when stream is MemoryStream { CanSeek: true } body && !IsZlib(body) =>
            new DeflateStream(stream, CompressionMode.Decompress),
        "DEFLATE" => new ZLibStream(stream, CompressionMode.Decompress),
        _ => null,
    };

    private static bool IsZlib(MemoryStream body)
    {
        Span<byte> head = stackalloc byte[2];
        var length = body.Read(head);
        body.Position = 0;
        return IsZlib(head[..length]);
    }

    private static string? DetectCoding(ReadOnlySpan<byte> body) =>
        body is [0x1F, 0x8B, ..] ? "gzip" : body is [0x78, ..] && IsZlib(body) ? "deflate" : null;

    /// <summary>RFC 1950 section 2.2: the method is 8, and the two bytes are a multiple of 31.</summary>
    private static bool IsZlib(ReadOnlySpan<byte> body) =>
        body is [var method, var flags, ..] && (method & 0x0F) == 8 && ((method << 8) | flags) % 31 == 0;
}
