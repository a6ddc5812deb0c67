using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wink.PowerShell;

/// <summary>
/// Takes a certificate that Unprotect-CmsMessage -To accepts: as it is, by its thumbprint in CurrentUser\My or LocalMachine\My, or from a
/// .cer or .pem file. .NET encrypts to others, too, but PowerShell could not decrypt the message.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CertificateTransformationAttribute : ArgumentTransformationAttribute
{
    private const int ThumbprintLength = 40;

    private const string Rsa = "1.2.840.113549.1.1.1";

    private const string DocumentEncryption = "1.3.6.1.4.1.311.80.1";

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var certificate = Find(engineIntrinsics, inputData);
        if (Missing(certificate) is { } missing)
        {
            throw new ArgumentTransformationMetadataException(
                $"The certificate {certificate.Subject} has no {missing}, so Unprotect-CmsMessage would not open what is encrypted to " +
                $"it. It needs an RSA key, the enhanced key usage Document Encryption ({DocumentEncryption}) and the key usage " +
                "KeyEncipherment or DataEncipherment. On Windows this makes one: New-SelfSignedCertificate -Type DocumentEncryptionCert " +
                "-Subject 'CN=Wink escrow' -KeyUsage KeyEncipherment, DataEncipherment -CertStoreLocation Cert:\\CurrentUser\\My");
        }

        // A copy of the public half: the caller may dispose the certificate during a rotation.
        return new X509Certificate2(certificate.RawData);
    }

    /// <summary>What Unprotect-CmsMessage requires and the certificate lacks. As there, its dates and its issuer do not matter.</summary>
    private static string? Missing(X509Certificate2 certificate)
    {
        if (certificate.PublicKey.Oid.Value != Rsa)
            return "RSA key";

        var purposes = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault();
        if (purposes is null || !purposes.EnhancedKeyUsages.Cast<Oid>().Any(purpose => purpose.Value == DocumentEncryption))
            return $"enhanced key usage Document Encryption ({DocumentEncryption})";

        var usage = certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault()?.KeyUsages ?? X509KeyUsageFlags.None;
        return (usage & (X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.DataEncipherment)) == X509KeyUsageFlags.None
            ? "key usage KeyEncipherment or DataEncipherment"
            : null;
    }

    private static X509Certificate2 Find(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            X509Certificate2 certificate => certificate,
            string text when text.Length == ThumbprintLength && text.All(char.IsAsciiHexDigit) => InStores(text),
            string path => InFile(engineIntrinsics.SessionState.Path, path),
            _ => throw new ArgumentTransformationMetadataException(
                "Give a certificate, its thumbprint, or the path of a .cer or .pem file."),
        };

    private static X509Certificate2 InStores(string thumbprint)
    {
        foreach (var location in new[] { StoreLocation.CurrentUser, StoreLocation.LocalMachine })
        {
            try
            {
                using var store = new X509Store(StoreName.My, location, OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
                if (store.Certificates.Find(X509FindType.FindByThumbprint, thumbprint, validOnly: false) is [var found, ..])
                    return found;
            }
            catch (CryptographicException)
            {
                // That store does not exist here.
            }
        }

        throw new ArgumentTransformationMetadataException($"There is no certificate {thumbprint} in CurrentUser\\My or LocalMachine\\My.");
    }

    private static X509Certificate2 InFile(PathIntrinsics state, string path)
    {
        try
        {
            var file = FileSystemPath.Of(state, path);
            return File.Exists(file)
                ? new X509Certificate2(file)
                : throw new ArgumentTransformationMetadataException($"The certificate {path} cannot be read: there is no such file.");
        }
        catch (NotSupportedException unsupported)
        {
            throw new ArgumentTransformationMetadataException(
                $"{unsupported.Message} Give the certificate itself, its thumbprint, or the path of a .cer or .pem file.", unsupported);
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ArgumentTransformationMetadataException(
                $"The certificate {path} cannot be read. Give the .cer or .pem file of its public half. ({failure.Message})", failure);
        }
    }
}
