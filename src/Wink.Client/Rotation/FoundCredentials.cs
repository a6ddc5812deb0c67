using System.Security;
using System.Text;
using System.Text.Json;

namespace Wink.Client;

/// <summary>
/// The members of a rotation's response that were found in one JSON object. The secret goes from the bytes into a SecureString and is never
/// a string.
/// </summary>
/// <param name="depth">How many objects enclose it.</param>
internal sealed class FoundCredentials(int depth)
{
    /// <summary>What a SecureString can hold.</summary>
    private const int LongestSecret = 65536;

    private const int LongestOnStack = 256;

    public int Depth => depth;

    public string? Id { get; private set; }

    public string? ClientId { get; private set; }

    public SecureString? Secret { get; private set; }

    /// <summary>True when a member came more than once, so that another value than this may be meant.</summary>
    public bool IsAmbiguous { get; private set; }

    public bool IsComplete => !string.IsNullOrWhiteSpace(ClientId) && Secret is { Length: > 0 };

    /// <summary>Which member this is; names may be in any case.</summary>
    /// <param name="reader">A reader at a member's name.</param>
    public static Member NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return Is(ref reader, "id"u8) ? Member.Id
                : Is(ref reader, "clientId"u8) ? Member.ClientId
                : Is(ref reader, "secretKey"u8) ? Member.Secret
                : Member.Other;
        }
        catch (InvalidOperationException)
        {
            // The name has one UTF-16 surrogate alone, so it is none of these.
            return Member.Other;
        }

        static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
            Ascii.EqualsIgnoreCase(reader.ValueSpan, name) || reader.ValueTextEquals(name);
    }

    /// <summary>Takes a member's value.</summary>
    /// <param name="member">The member.</param>
    /// <param name="reader">A reader at its value, a string.</param>
    public void Take(Member member, ref Utf8JsonReader reader)
    {
        switch (member)
        {
            case Member.Id:
                IsAmbiguous |= Id is not null;
                Id = ReadText(ref reader) ?? Id;
                break;
            case Member.ClientId:
                IsAmbiguous |= ClientId is not null;
                ClientId = ReadText(ref reader) ?? ClientId;
                break;
            case Member.Secret:
                IsAmbiguous |= Secret is not null;
                Secret = ReadSecret(ref reader) ?? Secret;
                break;
        }
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        var text = new char[reader.ValueSpan.Length];
        return TryCopy(ref reader, text, out var length) ? new string(text, 0, length) : null;
    }

    private static SecureString? ReadSecret(ref Utf8JsonReader reader)
    {
        // On the stack, or pinned: the garbage collector leaves no copies there.
        var length = reader.ValueSpan.Length;
        var text = length <= LongestOnStack ? stackalloc char[LongestOnStack] : GC.AllocateArray<char>(length, pinned: true);
        try
        {
            // A gateway that removes secrets may leave blanks in their place.
            if (!TryCopy(ref reader, text, out length) || length > LongestSecret || ((ReadOnlySpan<char>)text[..length]).IsWhiteSpace())
                return null;

            return Secure(text[..length]);
        }
        finally
        {
            text.Clear();
        }
    }

    /// <summary>In one step: appended one by one, each character would encrypt or copy all before it.</summary>
    private static unsafe SecureString Secure(ReadOnlySpan<char> text)
    {
        fixed (char* characters = text)
        {
            var secret = new SecureString(characters, text.Length);
            secret.MakeReadOnly();
            return secret;
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
            // Not UTF-8, or one UTF-16 surrogate alone: the text cannot be used.
            length = 0;
            return false;
        }
    }

    /// <summary>The members that matter.</summary>
    internal enum Member
    {
        Other,
        Id,
        ClientId,
        Secret,
    }
}
