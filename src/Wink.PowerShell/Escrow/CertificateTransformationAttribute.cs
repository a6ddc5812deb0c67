using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wink.PowerShell;

/// <summary>Takes a certificate with an RSA key, which a CMS envelope needs: as it is, by its thumbprint in CurrentUser\My or LocalMachine\My, or from a .cer or .pem file.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CertificateTransformationAttribute : ArgumentTransformationAttribute
{
    private const int ThumbprintLength = 40;

    private const string Rsa = "1.2.840.113549.1.1.1";

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var certificate = Find(engineIntrinsics, inputData);
        return certificate.PublicKey.Oid.Value == Rsa
            ? certificate
            : throw new ArgumentTransformationMetadataException($"The certificate {certificate.Subject} has no RSA key, so nothing can be encrypted to it.");
    }

    private static X509Certificate2 Find(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            X509Certificate2 certificate => certificate,
            string text when text.Length == ThumbprintLength && text.All(char.IsAsciiHexDigit) => InStores(text),
            string path => InFile(engineIntrinsics.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path)),
            _ => throw new ArgumentTransformationMetadataException("Give a certificate, its thumbprint, or the path of a .cer or .pem file."),
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

    private static X509Certificate2 InFile(string path)
    {
        try
        {
            return new X509Certificate2(path);
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ArgumentTransformationMetadataException($"The certificate {path} can't be read: {failure.Message}", failure);
        }
    }
}
