using System.IO.Compression;
using System.Net;
using System.Text;
using Wink.Sandbox;

namespace Wink.Client.Tests;

/// <summary>What comes out as rotated is what the server held, to the last character.</summary>
[Trait("Runtime", "Each")]
public sealed class DamagedResponseTests : SandboxTestBase
{
    private static readonly byte[] Body =
        """{"id":"booking-engine","clientId":"client-0123456789abcdef","secretKey":"made-up-secret-0123456789abcdef"}"""u8.ToArray();

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public void No_wrong_bit_in_a_body_with_a_checksum_goes_unnoticed(string coding)
    {
        var coded = Encode(coding);
        for (var bit = 0; bit < coded.Length * 8; bit++)
        {
            var damaged = (byte[])coded.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));

            using var decoded = ContentCoding.Decode(Buffer(damaged), [coding], 1 << 20, out var isDamaged);

            var isHarmless = decoded.Written.SequenceEqual(Body) || !decoded.Written.Contains((byte)'{');
            Assert.True(isDamaged || isHarmless, $"Bit {bit} went unnoticed.");
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public void No_end_of_a_coded_body_is_missed_unnoticed(string coding)
    {
        var coded = Encode(coding);
        for (var length = coded.Length - 1; length > 0; length--)
        {
            using var decoded = ContentCoding.Decode(Buffer(coded[..length]), [coding], 1 << 20, out var isDamaged);
            Assert.True(isDamaged || !decoded.Written.Contains((byte)'{'), $"The first {length} bytes passed for all.");
        }

        using var whole = ContentCoding.Decode(Buffer(coded), [coding], 1 << 20, out var isWholeDamaged);
        // Brotli has no checksum: a wrong bit in it cannot be noticed, so it is never taken as it is.
        Assert.Equal(coding == "br", isWholeDamaged);
        Assert.Equal(Body, whole.Written);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("iso-8859-1")]
    [InlineData("\"utf-16\"")]
    public void A_body_in_another_charset_is_read(string charset)
    {
        const string Text = """{"id":"booking-engine","clientId":"client-é","secretKey":"made-up-sécret"}""";
        using var read = Charset.ToUtf8(Buffer(Encoding.GetEncoding(charset.Trim('"')).GetBytes(Text)), charset, 1 << 20, out _);
        Assert.Equal(Text, Encoding.UTF8.GetString(read.Written));
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("utf-32BE")]
    public void A_body_in_a_wide_encoding_is_read_though_no_charset_is_named(string charset)
    {
        const string Text = """{"id":"booking-engine","clientId":"client-é","secretKey":"made-up-sécret"}""";
        var encoding = Encoding.GetEncoding(charset);
        foreach (var bytes in new[] { encoding.GetBytes(Text), [.. encoding.GetPreamble(), .. encoding.GetBytes(Text)] })
        {
            using var read = Charset.ToUtf8(Buffer(bytes), null, 1 << 20, out var isGuess);
            Assert.Equal(Text, Encoding.UTF8.GetString(read.Written).TrimStart('\uFEFF'));
            Assert.False(isGuess);
        }
    }

    [Fact]
    public void A_body_in_an_encoding_that_nothing_names_is_read_and_in_doubt()
    {
        const string Text = """{"secretKey":"made-up-sécret"}""";
        using var read = Charset.ToUtf8(Buffer(Encoding.Latin1.GetBytes(Text)), null, 1 << 20, out var isGuess);
        Assert.Equal(Text, Encoding.UTF8.GetString(read.Written));
        Assert.True(isGuess);
    }

    [Theory]
    [InlineData("iso-8859-1")]
    [InlineData("made-up")]
    [InlineData("utf-7")]
    [InlineData(null)]
    public void UTF_8_stays_as_it_is_though_another_charset_is_named(string? charset)
    {
        const string Text = """{"secretKey":"made-up-sécret"}""";
        using var read = Charset.ToUtf8(Buffer(Encoding.UTF8.GetBytes(Text)), charset, 1 << 20, out _);
        Assert.Equal(Text, Encoding.UTF8.GetString(read.Written));
    }

    [Fact]
    public async Task Credentials_that_this_process_knows_as_those_of_another_application_are_not_taken()
    {
        Sandbox.State.AddApplication("travel-tech", "another", "Another", "account.read");
        var another = new ApplicationReference("travel-tech", "another");
        using var client = Client();
        var theirs = await client.RotateCredentialsAsync(another, Known(null), null, Cancellation);
        var secret = new NetworkCredential("", theirs.Credential.Secret).Password;
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Moment = FaultMoment.AfterActing,
            Status = 200,
            Body = $$"""{"id":"booking-engine","clientId":"{{theirs.Credential.ClientId}}","secretKey":"{{secret}}"}""",
        });

        var failure = await FailsAsync(client);

        Assert.Equal(RotationOutcome.Unknown, failure.Outcome);
        Assert.Contains("is known as that of another application", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.Received);
    }

    [Fact]
    public async Task Credentials_in_doubt_are_handed_out_before_it_is_found_out_whose_they_are()
    {
        using var client = Client();
        Sandbox.Faults.Add(new Fault
        {
            Operation = Operation.Rotation,
            Moment = FaultMoment.AfterActing,
            Status = 200,
            Body = """{"clientId":{clientId},"secretKey":{secretKey}}""",
        });
        var reads = -1;
        RotatedCredential? kept = null;

        var rotated = await client.RotateCredentialsAsync(Target, Known(Old.ClientId) with { KeepDoubtful = Keep }, null, Cancellation);

        Assert.Equal(0, reads);
        Assert.Equal(rotated.Credential.ClientId, kept?.Credential.ClientId);

        void Keep(RotatedCredential received)
        {
            reads = Seen(Operation.Application);
            kept = received;
        }
    }

    [Fact]
    public async Task Received_credentials_survive_an_unexpected_exception()
    {
        using var client = Client();

        var rotated = await client.RotateCredentialsAsync(Target, Known(Old.ClientId), new FailingProgress(), Cancellation);

        Assert.Equal(Now().ClientId, rotated.Credential.ClientId);
        Assert.Equal(1, Seen(Operation.Rotation));
    }

    private static byte[] Encode(string coding)
    {
        using var coded = new MemoryStream();
        using (Stream encoder = coding switch
        {
            "gzip" => new GZipStream(coded, CompressionLevel.Optimal),
            "br" => new BrotliStream(coded, CompressionLevel.Optimal),
            _ => new ZLibStream(coded, CompressionLevel.Optimal),
        })
        {
            encoder.Write(Body);
        }

        return coded.ToArray();
    }

    private static SecretBuffer Buffer(byte[] bytes)
    {
        var buffer = new SecretBuffer();
        buffer.Append(bytes, 1 << 20);
        return buffer;
    }

    /// <summary>Fails when the response to the rotation has been read.</summary>
    private sealed class FailingProgress : IProgress<WinkEvent>
    {
        public void Report(WinkEvent value)
        {
            if (value is RequestCompleted { Uri.AbsolutePath: var path } && path.EndsWith("/revoke", StringComparison.Ordinal))
                throw new NotSupportedException("made-up defect");
        }
    }
}
