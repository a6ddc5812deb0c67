using System.Net;
using System.Text.Encodings.Web;

namespace Wink.Client;

/// <summary>The secrets and tokens that a connection has used or received of late. Safe to share between threads.</summary>
internal sealed class KnownSecrets
{
    /// <summary>A server quotes what it was just sent, so the oldest need not be known for ever.</summary>
    private const int Most = 64;

    /// <summary>Anything shorter stands in innocent words, too.</summary>
    private const int Shortest = 8;

    private const string Removed = "***";

    private readonly List<KnownSecret> _secrets = [];

    /// <summary>Remembers a secret, and the header in which it is sent.</summary>
    public void Add(ClientCredential credential) => Add(new KnownSecret(credential.Secret, credential.Secret.Length, () => FormsOf(credential)));

    /// <summary>Remembers an access token.</summary>
    public void Add(AccessToken token) => Add(new KnownSecret(token, token.Value.Length, () => [token.Value]));

    /// <summary>The text with each secret in it replaced by ***: as it is, or encoded for a URI or for JSON.</summary>
    public string RemoveFrom(string text)
    {
        KnownSecret[] known;
        lock (_secrets)
            known = [.. _secrets.Where(secret => secret.Length <= text.Length)];

        var forms = known.SelectMany(secret => secret.Read()).SelectMany(Encoded).Distinct().OrderByDescending(form => form.Length);
        return forms.Aggregate(text, (rest, form) => rest.Replace(form, Removed, StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<string> FormsOf(ClientCredential credential)
    {
        try
        {
            return [new NetworkCredential("", credential.Secret).Password, credential.BasicParameter()];
        }
        catch (ObjectDisposedException)
        {
            // Its owner is done with it.
            return [];
        }
    }

    private static IEnumerable<string> Encoded(string secret) =>
        [secret, WebUtility.UrlEncode(secret), Uri.EscapeDataString(secret), JavaScriptEncoder.Default.Encode(secret), JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret)];

    private void Add(KnownSecret secret)
    {
        if (secret.Length < Shortest)
            return;

        lock (_secrets)
        {
            _secrets.RemoveAll(known => ReferenceEquals(known.Owner, secret.Owner));
            if (_secrets.Count == Most)
                _secrets.RemoveAt(0);

            _secrets.Add(secret);
        }
    }

    /// <param name="Owner">What holds the secret, by which it is known again.</param>
    /// <param name="Length">Its length: a shorter text cannot hold it, so that most texts are passed without reading it.</param>
    /// <param name="Read">Reads it, and what it looks like in a header.</param>
    private sealed record KnownSecret(object Owner, int Length, Func<IEnumerable<string>> Read);
}
