using System.Text;
using System.Text.Unicode;

namespace Wink.Client;

/// <summary>
/// Reads a body in another encoding than UTF-8. JSON is UTF-8 (RFC 8259 section 8.1), but a gateway may convert it.
/// </summary>
internal static class Charset
{
    /// <summary>The body in UTF-8; the same where it is UTF-8, or where .NET does not know its charset.</summary>
    /// <param name="body">The body; it is disposed where another takes its place.</param>
    /// <param name="charset">As the media type names it, or null.</param>
    /// <param name="limit">The most that is decoded, in bytes.</param>
    /// <param name="isGuess">True when nothing says which charset it is, so that some characters may be wrong.</param>
    public static SecretBuffer ToUtf8(SecretBuffer body, string? charset, int limit, out bool isGuess)
    {
        isGuess = false;
        // A label may be wrong: what is valid UTF-8 is UTF-8, but for the zero bytes of a wider encoding.
        if (Utf8.IsValid(body.Written) && !body.Written.Contains((byte)0))
            return body;

        var encoding = Detect(body.Written) ?? Find(charset);
        isGuess = encoding is null;
        using (body)
        {
            var decoded = new SecretBuffer();
            using var source = Encoding.CreateTranscodingStream(body.OpenRead(), encoding ?? Encoding.Latin1, Encoding.UTF8);
            decoded.Fill(source, limit);
            return decoded;
        }
    }

    /// <summary>By a byte-order mark, or by the zero bytes of its first characters, which are ASCII in JSON; null for neither.</summary>
    private static Encoding? Detect(ReadOnlySpan<byte> body) => body switch
    {
        [0xFF, 0xFE, 0, 0, ..] or [not 0, 0, 0, 0, ..] => Encoding.UTF32,
        [0, 0, 0xFE, 0xFF, ..] or [0, 0, 0, not 0, ..] => new UTF32Encoding(bigEndian: true, byteOrderMark: true),
        [0xFF, 0xFE, ..] or [not 0, 0, not 0, 0, ..] => Encoding.Unicode,
        [0xFE, 0xFF, ..] or [0, not 0, 0, not 0, ..] => Encoding.BigEndianUnicode,
        _ => null,
    };

    private static Encoding? Find(string? charset)
    {
        try
        {
            return charset is null ? null : Encoding.GetEncoding(charset.Trim('"'));
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
