using System.Security;
using System.Text.Json;

namespace Wink.Client;

/// <summary>Reads the answer to a rotation. The secret goes from the bytes into a SecureString and is never a string.</summary>
internal static class RotationAnswer
{
    /// <summary>What a SecureString can hold.</summary>
    private const int LongestSecret = 65536;

    private const int LongestOnStack = 256;

    /// <summary>
    /// Finds the new pair, or null. The secret is shown only once, so a pair that arrived whole is taken even when the rest of the answer
    /// is cut short or broken.
    /// </summary>
    public static RotatedCredential? Read(ReadOnlySpan<byte> body)
    {
        string? id = null, clientId = null;
        SecureString? secret = null;
        // What stands around the pair may be as deep as it likes.
        var state = new JsonReaderState(new JsonReaderOptions { MaxDepth = WireAnswer.LargestBody });
        var reader = new Utf8JsonReader(WithoutByteOrderMark(body), isFinalBlock: false, state);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName)
                    continue;

                if (reader.ValueTextEquals("id"))
                    id = ReadText(ref reader) ?? id;
                else if (reader.ValueTextEquals("clientId"))
                    clientId = ReadText(ref reader) ?? clientId;
                else if (reader.ValueTextEquals("secretKey"))
                    secret = ReadSecret(ref reader) ?? secret;
            }
        }
        catch (JsonException)
        {
            // What was read before the break counts.
        }

        return string.IsNullOrWhiteSpace(clientId) || secret is not { Length: > 0 }
            ? null
            : new RotatedCredential(new ClientCredential(clientId, secret), id, DateTime.UtcNow);
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.String)
            return null;

        var text = new char[reader.ValueSpan.Length];
        return TryCopy(ref reader, text, out var length) ? new string(text, 0, length) : null;
    }

    private static SecureString? ReadSecret(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.String)
            return null;

        // Where the garbage collector leaves no copies: on the stack, or pinned.
        var length = reader.ValueSpan.Length;
        var text = length <= LongestOnStack ? stackalloc char[LongestOnStack] : GC.AllocateArray<char>(length, pinned: true);
        try
        {
            if (!TryCopy(ref reader, text, out length) || length > LongestSecret)
                return null;

            var secret = new SecureString();
            foreach (var c in text[..length])
                secret.AppendChar(c);

            secret.MakeReadOnly();
            return secret;
        }
        finally
        {
            text.Clear();
        }
    }

    private static bool TryCopy(ref Utf8JsonReader reader, scoped Span<char> text, out int length)
    {
        try
        {
            length = reader.CopyString(text);
            return true;
        }
        catch (InvalidOperationException)
        {
            // Not UTF-8, or half a surrogate pair: not a text that could be used.
            length = 0;
            return false;
        }
    }

    private static ReadOnlySpan<byte> WithoutByteOrderMark(ReadOnlySpan<byte> body) =>
        body is [0xEF, 0xBB, 0xBF, .. var rest] ? rest : body;
}
