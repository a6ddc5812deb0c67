using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Wink.Sandbox;

/// <summary>The response that Wink would have sent, for faults that send it in another form.</summary>
internal sealed class TrueResponse(string json, string applicationId, string oldClientId)
{
    /// <summary>
    /// Fills the placeholders of a fault's text: the response ({response}), the same without four characters of its secret ({damaged}), its
    /// {length} in bytes, its two {chunks}, {half} of it, its values {clientId} and {secretKey} as JSON, {escapedSecretKey} with an escape
    /// for each character, and the plain {secret}; {oldClientId} is the client ID before it. {applicationId} is the application that was
    /// asked for, also where there is no response.
    /// </summary>
    public string FillIn(string text)
    {
        text = text.Replace("{applicationId}", applicationId, StringComparison.Ordinal);
        if (json.Length == 0 || !text.Contains('{', StringComparison.Ordinal))
            return text;

        var response = JsonDocument.Parse(json).RootElement;
        var secret = response.TryGetProperty("secretKey", out var key) ? key.GetString()! : "";
        return text
            .Replace("{response}", json, StringComparison.Ordinal)
            .Replace("{damaged}", WithoutPartOf(secret), StringComparison.Ordinal)
            .Replace("{length}", Encoding.UTF8.GetByteCount(json).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{chunks}", Chunk(json[..(json.Length / 2)]) + Chunk(json[(json.Length / 2)..]), StringComparison.Ordinal)
            .Replace("{oldClientId}", JsonSerializer.Serialize(oldClientId), StringComparison.Ordinal)
            .Replace("{half}", json[..(json.Length / 2)], StringComparison.Ordinal)
            .Replace("{clientId}", response.GetProperty("clientId").GetRawText(), StringComparison.Ordinal)
            .Replace("{secret}", secret, StringComparison.Ordinal)
            .Replace("{secretKey}", secret.Length == 0 ? "null" : key.GetRawText(), StringComparison.Ordinal)
            .Replace("{escapedSecretKey}", $"\"{string.Concat(secret.Select(c => $"\\u{(int)c:x4}"))}\"", StringComparison.Ordinal);
    }

    private string WithoutPartOf(string secret) =>
        secret.Length > 8 ? json.Replace(secret[^8..^4], "", StringComparison.Ordinal) : json;

    private static string Chunk(string text) =>
        string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n");
}
