using System.IO.Compression;

namespace Wink.Sandbox;

/// <summary>Applies content codings to bodies, as a gateway may do.</summary>
internal static class ContentCodings
{
    public static byte[] Apply(string coding, byte[] content)
    {
        using var coded = new MemoryStream();
        using (Stream coder = coding switch
        {
            "gzip" => new GZipStream(coded, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(coded, CompressionLevel.Fastest, leaveOpen: true),
            "bare-deflate" => new DeflateStream(coded, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(coded, CompressionLevel.Fastest, leaveOpen: true),
            _ => throw new ArgumentException($"The sandbox knows no coding {coding}."),
        })
        {
            coder.Write(content);
        }

        return coded.ToArray();
    }

    public static string HeaderName(string coding) => coding == "bare-deflate" ? "deflate" : coding;
}
