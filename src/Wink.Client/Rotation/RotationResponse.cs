using System.Text.Json;

namespace Wink.Client;

/// <summary>Finds new credentials in the response to a rotation.</summary>
internal static class RotationResponse
{
    /// <summary>JSON in a text in JSON, as a gateway wraps what it quotes: so deep and no deeper.</summary>
    private const int DeepestText = 4;

    private static readonly JsonReaderOptions Tolerant = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        // The JSON around the credentials may be of any depth.
        MaxDepth = ApiResponse.LargestBody,
    };

    /// <summary>
    /// Finds the credentials, the best first. The secret is shown only once, so complete credentials are taken whatever surrounds them: an
    /// array, another object, text that is not JSON, or an end that is missing or broken.
    /// </summary>
    /// <param name="bytes">A body, or all bytes that were received over the connection.</param>
    /// <param name="application">The application that was to be rotated: credentials that name it come first.</param>
    /// <param name="isOld">Whether a client ID was known before: credentials with such a client ID come last.</param>
    /// <param name="receivedAt">When they were received, UTC.</param>
    public static IReadOnlyList<RotatedCredential> Find(
        ReadOnlySpan<byte> bytes, ApplicationReference application, Predicate<string> isOld, DateTime receivedAt)
    {
        var found = new List<FoundCredentials>();
        FindAll(bytes, found, depth: 0);
        found.RemoveAll(credentials => !credentials.IsComplete);
        IEnumerable<FoundCredentials> inOrder = found.Count < 2
            ? found
            : found.OrderBy(credentials => isOld(credentials.ClientId!))
                .ThenBy(credentials => !application.HasId(credentials.Id))
                .ThenBy(credentials => credentials.Depth);
        return
        [
            .. inOrder.Select(credentials => new RotatedCredential(
                new ClientCredential(credentials.ClientId!, credentials.Secret!), credentials.Id, receivedAt)
            {
                IsAmbiguous = credentials.IsAmbiguous,
            }),
        ];
    }

    /// <summary>True for JSON as RFC 8259 has it, from the first byte to the last: what stands around it may be meant otherwise.</summary>
    /// <param name="body">A body.</param>
    public static bool IsJson(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        var reader = new Utf8JsonReader(body.StartsWith(byteOrderMark) ? body[byteOrderMark.Length..] : body);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void FindAll(ReadOnlySpan<byte> bytes, List<FoundCredentials> found, int depth)
    {
        FindInTexts(bytes, found, depth);
        while (bytes.IndexOf((byte)'{') is >= 0 and var start)
        {
            bytes = bytes[start..];
            var read = ReadObject(bytes, found, depth);
            bytes = bytes[Math.Max(1, read)..];
        }
    }

    /// <summary>Reads one JSON object, with all that is in it, to its end or to where it breaks.</summary>
    /// <returns>How many bytes were read.</returns>
    private static int ReadObject(ReadOnlySpan<byte> bytes, List<FoundCredentials> found, int depth)
    {
        var open = new Stack<FoundCredentials>();
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, new JsonReaderState(Tolerant));
        var member = FoundCredentials.Member.Other;
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject:
                        open.Push(new FoundCredentials(depth + open.Count));
                        break;
                    case JsonTokenType.EndObject:
                        found.Add(open.Pop());
                        break;
                    case JsonTokenType.PropertyName:
                        member = FoundCredentials.NameOf(ref reader);
                        continue;
                    case JsonTokenType.String:
                        open.Peek().Take(member, ref reader);
                        FindInText(ref reader, found, depth + open.Count);
                        break;
                }

                if (open.Count == 0)
                    break;

                member = FoundCredentials.Member.Other;
            }
        }
        catch (Exception)
        {
            // What was read before the error counts. It is a JsonException, but no other may lose what was read either.
        }

        found.AddRange(open);
        return (int)reader.BytesConsumed;
    }

    /// <summary>The whole may be a text that quotes JSON, or an array of such, as where it was serialized twice.</summary>
    private static void FindInTexts(ReadOnlySpan<byte> bytes, List<FoundCredentials> found, int depth)
    {
        var start = bytes.IndexOfAnyExcept(" \r\n\t"u8);
        if (start < 0 || bytes[start] is not ((byte)'"' or (byte)'['))
            return;

        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, new JsonReaderState(Tolerant));
        try
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.StartObject)
            {
                if (reader.TokenType == JsonTokenType.String)
                    FindInText(ref reader, found, depth + 1);
            }
        }
        catch (JsonException)
        {
            // What was read before the error counts.
        }
    }

    /// <summary>A text may quote JSON.</summary>
    private static void FindInText(ref Utf8JsonReader reader, List<FoundCredentials> found, int depth)
    {
        if (depth > DeepestText || !reader.ValueSpan.Contains((byte)'{'))
            return;

        var text = GC.AllocateArray<byte>(reader.ValueSpan.Length, pinned: true);
        try
        {
            FindAll(text.AsSpan(0, reader.CopyString(text)), found, depth);
        }
        catch (InvalidOperationException)
        {
            // Not UTF-8, or half a surrogate pair.
        }
        finally
        {
            Array.Clear(text);
        }
    }
}
