using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Wink.Client.Tests;

/// <summary>A random response to a rotation with credentials, and the position in its bytes where they are complete.</summary>
internal sealed class RandomResponse
{
    private static readonly string[] Scalars =
        ["null", "true", "-1.5e300", "\"made-up\"", "[]", "{}", "\"\\u0000\\ud83d\\udd11\"", HalfPair];

    /// <summary>One UTF-16 surrogate alone: JSON may have it, and it is no text.</summary>
    private const string HalfPair = "\"\\ud800\"";

    private readonly Random _random;
    private readonly StringBuilder _json = new();

    public RandomResponse(int seed)
    {
        _random = new Random(seed);
        ClientId = Text(1 + _random.Next(40));
        Secret = Text(1 + _random.Next(200));
        _json.Append(_random.Next(10) == 0 ? "\uFEFF" : "").Append(Space()).Append('{');
        string[] members =
        [
            .. Enumerable.Range(0, _random.Next(6)).Select(_ => Member()),
            $"\"clientId\":{Quoted(ClientId)}",
            $"\"secretKey\":{Quoted(Secret)}",
        ];
        _random.Shuffle(members);
        for (var i = 0; i < members.Length; i++)
        {
            _json.Append(i == 0 ? "" : ",").Append(Space()).Append(members[i]);
            if (members[i].StartsWith("\"clientId\"", StringComparison.Ordinal) ||
                members[i].StartsWith("\"secretKey\"", StringComparison.Ordinal))
            {
                WholeFrom = Encoding.UTF8.GetByteCount(_json.ToString());
            }
        }

        Bytes = Encoding.UTF8.GetBytes(_json.Append(Space()).Append('}').ToString());
    }

    public string ClientId { get; }

    public string Secret { get; }

    public byte[] Bytes { get; }

    /// <summary>From this length on, the bytes contain the complete credentials.</summary>
    public int WholeFrom { get; }

    public bool IsIn(RotatedCredential? rotated) => rotated is not null
        && rotated.Credential.ClientId == ClientId
        && new NetworkCredential("", rotated.Credential.Secret).Password == Secret;

    /// <summary>The same bytes with some of them changed, inserted or left out.</summary>
    public byte[] Damaged()
    {
        var bytes = Bytes.ToList();
        for (var damages = 1 + _random.Next(4); damages > 0 && bytes.Count > 0; damages--)
        {
            var at = _random.Next(bytes.Count);
            switch (_random.Next(3))
            {
                case 0:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    bytes.Insert(at, (byte)_random.Next(256));
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + _random.Next(8)));
                    break;
            }
        }

        return [.. bytes];
    }

    private string Space() => new(' ', _random.Next(3));

    private string Member() =>
        $"{Name()}{Space()}:{Space()}{Value(_random.Next(100) == 0 ? 200 : _random.Next(4))}";

    private string Name() => _random.Next(10) == 0 ? HalfPair : Quoted($"other{_random.Next(1000)}");

    private string Value(int depth) => depth == 0
        ? Scalars[_random.Next(Scalars.Length)]
        : _random.Next(2) == 0 ? $"[{Value(depth - 1)}]" : $"{{\"secretKey\":{Value(depth - 1)}}}";

    /// <summary>Any text that credentials can have: letters, controls, characters that JSON escapes, and some beyond the BMP.</summary>
    private string Text(int length) => "x" + string.Concat(Enumerable.Range(0, length).Select(_ => _random.Next(8) switch
    {
        0 => char.ConvertFromUtf32(0x1F300 + _random.Next(500)),
        1 => ((char)_random.Next(1, 0xD800)).ToString(),
        2 => "\"\\/\n\t+%: "[_random.Next(9)].ToString(),
        _ => ((char)('a' + _random.Next(26))).ToString(),
    }));

    private string Quoted(string text) => JsonSerializer.Serialize(text, _random.Next(2) == 0 ? JsonSerializerOptions.Default : Unescaped);

    private static JsonSerializerOptions Unescaped { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
