using System.Buffers.Binary;

namespace Wink.Client;

/// <summary>
/// Whether a decoded body is what was encoded. The decoders of .NET do not always check: one that a wrong bit leads past the end of its
/// data returns what it has and never reaches the checksum.
/// </summary>
internal static class Checksum
{
    /// <summary>True when the checksum in the encoded body is that of the decoded one. Brotli has none, so nothing confirms it.</summary>
    /// <param name="coding">The content coding (RFC 9110 section 8.4.1).</param>
    /// <param name="coded">The body as it was received.</param>
    /// <param name="decoded">The same, decoded.</param>
    public static bool Confirms(string coding, ReadOnlySpan<byte> coded, ReadOnlySpan<byte> decoded) => coding.ToUpperInvariant() switch
    {
        // RFC 1952 section 2.3.1: CRC-32 and length, the low byte first.
        "GZIP" or "X-GZIP" => coded.Length > 8 &&
            BinaryPrimitives.ReadUInt32LittleEndian(coded[^8..]) == Crc32(decoded) &&
            BinaryPrimitives.ReadUInt32LittleEndian(coded[^4..]) == (uint)decoded.Length,
        // RFC 1950 section 2.2: Adler-32, the high byte first. Bare deflate data have none.
        "DEFLATE" => coded.Length > 4 && BinaryPrimitives.ReadUInt32BigEndian(coded[^4..]) == Adler32(decoded),
        _ => false,
    };

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }

        return ~crc;
    }

    private static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        const uint Modulus = 65521;
        uint sum = 1, sumOfSums = 0;
        foreach (var b in bytes)
        {
            sum = (sum + b) % Modulus;
            sumOfSums = (sumOfSums + sum) % Modulus;
        }

        return (sumOfSums << 16) | sum;
    }
}
