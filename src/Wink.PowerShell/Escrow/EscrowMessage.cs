using System.Buffers;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Wink.PowerShell;

/// <summary>The encrypted copy of new credentials: JSON in a CMS envelope (RFC 5652), as Unprotect-CmsMessage reads it.</summary>
internal static class EscrowMessage
{
    /// <summary>Encrypts credentials. The certificate's private key decrypts them.</summary>
    /// <exception cref="CryptographicException">Nothing can be encrypted to the certificate.</exception>
    public static byte[] Encrypt(CredentialRotation rotation, X509Certificate2 recipient)
    {
        var secret = rotation.Credential.Password;
        // Each character takes six bytes at most, so the buffer never moves and leaves no copies.
        var json = new ArrayBufferWriter<byte>(4096 + (6 * secret.Length));
        byte[] content = [];
        try
        {
            Write(rotation, secret, json);
            content = json.WrittenSpan.ToArray();
            var envelope = new EnvelopedCms(new ContentInfo(content));
            envelope.Encrypt(new CmsRecipient(recipient));
            return Encoding.ASCII.GetBytes(PemEncoding.Write("CMS", envelope.Encode()));
        }
        finally
        {
            json.Clear();
            Array.Clear(content);
        }
    }

    private static void Write(CredentialRotation rotation, SecureString secret, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("applicationId", rotation.ApplicationId);
        writer.WriteString("applicationName", rotation.ApplicationName);
        writer.WriteString("managingEntityId", rotation.ManagingEntityId);
        writer.WriteString("clientId", rotation.ClientId);
        WriteSecret(writer, secret);
        writer.WriteString("previousClientId", rotation.PreviousClientId);
        writer.WriteString("rotatedAt", rotation.RotatedAt);
        if (rotation.Doubt is { } doubt)
            writer.WriteString("doubt", doubt);

        writer.WriteEndObject();
    }

    private static void WriteSecret(Utf8JsonWriter writer, SecureString secret)
    {
        var text = GC.AllocateArray<char>(secret.Length, pinned: true);
        var unmanaged = Marshal.SecureStringToCoTaskMemUnicode(secret);
        try
        {
            Marshal.Copy(unmanaged, text, 0, text.Length);
            writer.WriteString("secretKey", text);
        }
        finally
        {
            Marshal.ZeroFreeCoTaskMemUnicode(unmanaged);
            Array.Clear(text);
        }
    }
}
