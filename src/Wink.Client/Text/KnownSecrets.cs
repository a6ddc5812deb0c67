using System.Net;
using System.Text;
using System.Text.Encodings.Web;

namespace Wink.Client;

/// <summary>The secrets and tokens that a connection uses, or recently used or received. Safe to share between threads.</summary>
internal sealed class KnownSecrets
{
    /// <summary>A server quotes what it received recently, so the oldest secrets can be dropped.</summary>
    private const int MaxCount = 1024;

    /// <summary>Shorter texts occur in ordinary words, too.</summary>
    private const int MinLength = 8;

    private const string Replacement = "***";

    private readonly Queue<KnownSecret> _secrets = new();

    /// <summary>The credentials and the token in use now: always known, however many other secrets were added since.</summary>
    public Func<AuthState>? InUse { get; set; }

    /// <summary>Remembers a secret, and the header in which it is sent.</summary>
    public void Add(ClientCredential credential) => Add(Known(credential));

    /// <summary>Remembers an access token.</summary>
    public void Add(AccessToken token) => Add(Known(token));

    /// <summary>The text with each secret in it replaced by ***: as it is, or encoded for a URI, JSON, HTML or a header.</summary>
    public string RemoveFrom(string text)
    {
        KnownSecret[] known;
        lock (_secrets)
            known = [.. _secrets.Concat(SecretsInUse()).Where(secret => secret.Length >= MinLength && secret.Length <= text.Length)];

        var forms = known.SelectMany(secret => secret.Read()).SelectMany(Encoded).Distinct().OrderByDescending(form => form.Length);
        return forms.Aggregate(text, (rest, form) => rest.Replace(form, Replacement, StringComparison.OrdinalIgnoreCase));
    }

    private static KnownSecret Known(ClientCredential credential) => new(LengthOf(credential), () => FormsOf(credential));

    private static KnownSecret Known(AccessToken token) => new(token.Value.Length, () => [token.Value]);

    private static int LengthOf(ClientCredential credential)
    {
        try
        {
            return credential.Secret.Length;
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    private static IEnumerable<string> FormsOf(ClientCredential credential)
    {
        try
        {
            var secret = new NetworkCredential("", credential.Secret).Password;
            return [secret, credential.BasicParameter(), Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.ClientId}:{secret}"))];
        }
        catch (ObjectDisposedException)
        {
            // Its owner has disposed it.
            return [];
        }
    }

    private static IEnumerable<string> Encoded(string secret) =>
    [
        secret,
        Convert.ToHexString(Encoding.UTF8.GetBytes(secret)),
        WebUtility.UrlEncode(secret),
        Uri.EscapeDataString(secret),
        WebUtility.HtmlEncode(secret),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)),
        JavaScriptEncoder.Default.Encode(secret),
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret),
    ];

    private IEnumerable<KnownSecret> SecretsInUse()
    {
        var state = InUse?.Invoke();
        if (state?.Credential is { } credential)
            yield return Known(credential);

        if (state?.Token is { } token)
            yield return Known(token);
    }

    private void Add(KnownSecret secret)
    {
        lock (_secrets)
        {
            if (_secrets.Count == MaxCount)
                _secrets.Dequeue();

            _secrets.Enqueue(secret);
        }
    }

    /// <param name="Length">Its length. A shorter text cannot contain it, so the secret is not read for most texts.</param>
    /// <param name="Read">Reads it, and its form in a header.</param>
    private sealed record KnownSecret(int Length, Func<IEnumerable<string>> Read);
}
