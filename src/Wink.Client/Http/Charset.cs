using System.Text;
using System.Text.Unicode;

namespace Wink.Client;

/// <summary>
/// Reads a body whose media type names another charset than UTF-8. JSON is UTF-8 (RFC 8259 section 8.1), but a gateway may convert it.
/// </summary>
internal static class Charset
{
    /// <summary>The body in UTF-8; the same where it is UTF-8, or where .NET does not know its charset.</summary>
    /// <param name="body">The body; it is disposed where another takes its place.</param>
    /// <param name="charset">As the media type names it, or null.</param>
    /// <param name="limit">The most that is decoded, in bytes.</param>
    public static SecretBuffer ToUtf8(SecretBuffer body, string? charset, int limit)
    {
        // A label may be wrong: what is valid UTF-8 is UTF-8, but for the zero bytes of a wider encoding.
        if ((Utf8.IsValid(body.Written) && !body.Written.Contains((byte)0)) || Find(charset) is not { } encoding)
            return body;

        using (body)
        {
            var decoded = new SecretBuffer();
            using var source = Encoding.CreateTranscodingStream(body.OpenRead(), encoding, Encoding.UTF8);
            decoded.Fill(source, limit);
            return decoded;
        }
    }

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
