using System.IO.Compression;
using System.Text;

namespace Wink.Client;

/// <summary>
/// Reads a made-up response in every coding, so that all code and libraries that read a response are loaded before one arrives: then there
/// may be no memory or file descriptor for them.
/// </summary>
internal static class Rehearsal
{
    private static readonly Lazy<Task> Started = new(() => Task.Run(ReadMadeUpResponses));

    /// <summary>Starts it, once in a process. It takes some milliseconds.</summary>
    public static void Start() => _ = Started.Value;

    /// <summary>Waits for its end.</summary>
    public static Task EndAsync() => Started.Value;

    private static void ReadMadeUpResponses()
    {
        try
        {
            var application = new ApplicationReference("made-up", "made-up");
            var json = """{"id":"made-up","clientId":"made-up","secretKey":"made-up \u00e4\ud83d\udd11","in":"{\"text\":1}"}""";
            Read(Encoding.Unicode.GetBytes(json), [], "utf-16", application);
            Read(Coded(json, stream => new GZipStream(stream, CompressionLevel.Fastest)), ["gzip"], null, application);
            Read(Coded(json, stream => new ZLibStream(stream, CompressionLevel.Fastest)), ["deflate"], null, application);
            Read(Coded(json, stream => new BrotliStream(stream, CompressionLevel.Fastest)), ["br"], null, application);
        }
        catch (Exception)
        {
            // Where nothing can be loaded now, connecting fails, too, and nothing is sent.
        }
    }

    private static byte[] Coded(string text, Func<Stream, Stream> encoder)
    {
        var bytes = new MemoryStream();
        using (var coding = encoder(bytes))
            coding.Write(Encoding.UTF8.GetBytes(text));

        return bytes.ToArray();
    }

    private static void Read(byte[] bytes, string[] codings, string? charset, ApplicationReference application)
    {
        var body = new SecretBuffer();
        body.Append(bytes, ApiResponse.LargestBody);
        body = ContentCoding.Decode(body, codings, ApiResponse.LargestBody, out _);
        body = Charset.ToUtf8(body, charset, ApiResponse.LargestBody, out _);
        using (body)
        {
            foreach (var credentials in RotationResponse.Find(body.Written, application, _ => false, DateTime.UnixEpoch))
                credentials.Credential.Secret.Dispose();

            _ = RotationResponse.IsJson(body.Written);
        }
    }
}
